//! Number formats of workbooks: what makes 0.298 a “29.8%”, 45000 a day, and 123456 “12.3456万”.
//!
//! In comes a format code, out goes what it does to a number. Only the first section (positive numbers) is looked at.

use super::sheet::{Content, plain, settled};
use crate::kinds::Date;

/// What a format does to a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Format {
    /// It is a day, and this much of it is shown.
    date: Option<Parts>,
    /// The number is shown times ten to this power.
    shift: i32,
    /// Words behind the number: `%`, `万元`.
    unit: String,
}

/// What a date format shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Parts {
    year: bool,
    month: bool,
    day: bool,
    time: bool,
    chinese: bool,
}

/// The formats that every workbook knows by number.
pub fn built_in(id: u32) -> &'static str {
    match id {
        9 => "0%",
        10 => "0.00%",
        14 | 30 => "yyyy-m-d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => "h:mm",
        22 => "yyyy-m-d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
        28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        _ => "General",
    }
}

impl Format {
    /// Reads a format code.
    pub fn of(code: &str) -> Format {
        let mut format = Format::default();
        let mut parts = Parts::default();
        let (mut digits, mut commas, mut points) = (false, 0, None);
        let mut suffix = String::new();
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character {
                ';' => break,
                '"' => {
                    let words: String = characters.by_ref().take_while(|c| *c != '"').collect();
                    parts.chinese |= words.contains(['年', '月']);
                    match words.as_str() {
                        "." if digits => points = Some(0),
                        words if digits => suffix.push_str(words),
                        _ => {}
                    }
                }
                '\\' | '!' => match characters.next() {
                    // Excel's way to show 万: a point that is only drawn.
                    Some('.') if digits => points = Some(0),
                    Some(drawn) if digits => suffix.push(drawn),
                    _ => {}
                },
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    parts.time |= matches!(inside.as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
                }
                '_' | '*' => drop(characters.next()),
                '0' | '#' | '?' => {
                    digits = true;
                    // A comma between digits only groups them.
                    commas = 0;
                    points = points.map(|count: i32| count + 1);
                }
                ',' if digits => commas += 1,
                '%' => {
                    format.shift += 2;
                    suffix.push('%');
                }
                'y' | 'Y' | 'e' => parts.year = true,
                'm' | 'M' => parts.month = true,
                'd' | 'D' => parts.day = true,
                'h' | 'H' | 's' | 'S' => parts.time = true,
                'G' | 'g' => {
                    for (rest, length) in [("eneral", 6), ("/通用格式", 5)] {
                        if characters.as_str().to_ascii_lowercase().starts_with(rest) {
                            characters.by_ref().take(length).for_each(drop);
                            digits = true;
                        }
                    }
                }
                '年' | '月' | '日' => parts.chinese = true,
                drawn if digits && drawn >= '一' => suffix.push(drawn),
                _ => {}
            }
        }
        if !digits && (parts.year || parts.month || parts.day || parts.time) {
            format.date = Some(parts);
        } else {
            format.shift -= 3 * commas + points.unwrap_or(0);
            format.unit = suffix.trim().trim_matches(['(', ')', '（', '）']).to_owned();
        }
        format
    }

    /// What a stored number means under this format.
    pub fn apply(&self, value: f64, from_1904: bool) -> Content {
        let Some(parts) = self.date else {
            return Content::Number(settled(value * 10_f64.powi(self.shift)), self.unit.clone());
        };
        if !(parts.year || parts.day || (parts.month && !parts.time)) {
            let minutes = (value.rem_euclid(1.0) * 1440.0).round() as i64 % 1440;
            return Content::Text(format!("{:02}:{:02}", minutes / 60, minutes % 60));
        }
        match serial(value, from_1904) {
            Some(date) => {
                let day = parts.day || !parts.month && !parts.year;
                let month = parts.month || day;
                let time = date.time.filter(|time| parts.time && *time != (0, 0));
                let date = Date {
                    month: date.month.filter(|_| month),
                    day: date.day.filter(|_| day),
                    time: time.filter(|_| day),
                    ..date
                };
                Content::Date(date, parts.chinese)
            }
            None => Content::Text(plain(value)),
        }
    }
}

/// The day and time of a serial number.
pub fn serial(value: f64, from_1904: bool) -> Option<Date> {
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let minutes = (value * 1440.0).round() as i64;
    let (days, minutes) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let first = match from_1904 {
        true => jiff::civil::date(1904, 1, 1),
        // Excel believes in a 29th of February 1900.
        false if days < 60 => jiff::civil::date(1899, 12, 31),
        false => jiff::civil::date(1899, 12, 30),
    };
    let day = first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    let part = |number: i8| u32::try_from(number).ok();
    let time = (u32::try_from(minutes / 60).ok()?, u32::try_from(minutes % 60).ok()?);
    let time = Some(time).filter(|time| *time != (0, 0));
    Date::new(i32::from(day.year()), part(day.month()), part(day.day()), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> String {
        Format::of(code).apply(value, false).shown()
    }

    #[test]
    fn numbers_are_shown() {
        for (code, value, expected) in [
            ("General", 42.0, "42"),
            ("0%", 0.298, "29.8%"),
            ("0.00%", 0.298, "29.8%"),
            ("#,##0.00", 1234.5, "1234.5"),
            ("0.00\"万元\"", 12.5, "12.5万元"),
            ("0!.0000\"万\"", 123_456.0, "12.3456万"),
            ("0\\.0,\"万元\"", 123_456.0, "12.3456万元"),
            ("#,##0,", 123_456.0, "123.456"),
            ("0\"人\";[Red]-0\"人\"", 42.0, "42人"),
            ("0.00_ ", 3.5, "3.5"),
            ("\"¥\"#,##0.00", 3.5, "3.5"),
            ("[$¥-804]#,##0.00", 3.5, "3.5"),
            ("G/通用格式\"户\"", 3.0, "3户"),
            ("General\"户\"", 3.0, "3户"),
            ("0\"（人）\"", 3.0, "3人"),
        ] {
            assert_eq!(shown(code, value), expected, "{code}");
        }
    }

    #[test]
    fn dates_are_as_exact_as_they_are_shown() {
        for (code, value, expected) in [
            (built_in(14), 45_000.0, "2023-03-15"),
            ("yyyy\"年\"m\"月\"d\"日\"", 45_000.0, "2023年3月15日"),
            ("[$-804]yyyy\"年\"m\"月\";@", 45_000.0, "2023年3月"),
            ("yyyy\"年\"", 45_000.0, "2023年"),
            ("yyyy/mm/dd hh:mm", 45_000.5, "2023-03-15 12:00"),
            ("yyyy-mm-dd", 59.0, "1900-02-28"),
            ("yyyy-mm-dd", 61.0, "1900-03-01"),
            ("h:mm", 0.5, "12:00"),
        ] {
            assert_eq!(shown(code, value), expected, "{code}");
        }
        assert_eq!(serial(43_538.0, true), serial(45_000.0, false));
        assert_eq!(serial(-1.0, false), None);
        assert_eq!(serial(f64::NAN, false), None);
    }
}
