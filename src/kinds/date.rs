//! Dates as clerks write them: a year, a month, a day or a minute, in any of the usual spellings.
//!
//! A date never carries an offset: it is the site's wall clock. A text either is a possible date or is refused; nothing
//! is guessed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A date whose later parts may be unknown; unknown parts sort first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    /// The year, four digits.
    pub year: i16,
    /// 1–12.
    pub month: Option<u8>,
    /// 1–31; only with a month.
    pub day: Option<u8>,
    /// Hour and minute; only with a day.
    pub time: Option<(u8, u8)>,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFault {
    /// Not written as a date.
    Shape,
    /// Written as a date that no calendar has: 2026-02-30.
    Impossible,
}

impl Date {
    /// A date out of numbers, if a calendar has it. A day needs a month, a time needs a day.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>, time: Option<(u32, u32)>) -> Option<Date> {
        if !(1000..=9999).contains(&year)
            || (day.is_some() && month.is_none())
            || (time.is_some() && day.is_none())
        {
            return None;
        }
        let days = match month {
            None => 0,
            Some(2) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            Some(2) => 28,
            Some(4 | 6 | 9 | 11) => 30,
            Some(1..=12) => 31,
            Some(_) => return None,
        };
        if day.is_some_and(|day| day == 0 || day > days) || time.is_some_and(|(h, m)| h > 23 || m > 59) {
            return None;
        }
        let small = |number: u32| u8::try_from(number).ok();
        Some(Date {
            year: i16::try_from(year).ok()?,
            month: month.and_then(small),
            day: day.and_then(small),
            time: time.and_then(|(hour, minute)| Some((small(hour)?, small(minute)?))),
        })
    }

    /// Reads `2026`, `2026-11`, `2026-11-22`, `2026.11.22`, `2026/11/22`, `2026年11月22日`, `20261122`, each day with
    /// `09:30`, `T09:30:00+08:00` or `9时30分` behind it. The second value is the offset in minutes, if one was written.
    pub fn parse(text: &str) -> Result<(Date, Option<i32>), DateFault> {
        let mut cursor = Cursor::new(text);
        let (year, length) = cursor.number().ok_or(DateFault::Shape)?;
        let joined = |rest: &mut Cursor| rest.done().then_some(()).ok_or(DateFault::Shape);
        let (year, month, day) = match length {
            8 => (year / 10_000, Some(year / 100 % 100), Some(year % 100)),
            6 => (year / 100, Some(year % 100), None),
            4 => {
                let (month, day) = cursor.month_and_day()?;
                (year, month, day)
            }
            _ => return Err(DateFault::Shape),
        };
        let (time, offset) = if day.is_some() { cursor.time()? } else { (None, None) };
        joined(&mut cursor)?;
        let year = i32::try_from(year).map_err(|_| DateFault::Shape)?;
        Date::new(year, month, day, time).map(|date| (date, offset)).ok_or(DateFault::Impossible)
    }

    /// The date that a file or folder name begins with, and the rest of the name: `2026-11-22-主题党日`,
    /// `20261122_庆乐村`. Only whole days count, and only in front of `-`, `_`, a space or the end.
    pub fn of_file_name(name: &str) -> Option<(Date, &str)> {
        for length in [10, 8] {
            let Some((head, rest)) = name.split_at_checked(length) else { continue };
            let bytes = head.as_bytes();
            let shaped = bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 if length == 10 => matches!(byte, b'-' | b'.' | b'_'),
                _ => byte.is_ascii_digit(),
            });
            if !shaped || !(rest.is_empty() || rest.starts_with(['-', '_', ' ', '　'])) {
                continue;
            }
            if let Ok((date, _)) = Date::parse(&head.replace('_', "-")) {
                return Some((date, rest.trim_start_matches(['-', '_', ' ', '　'])));
            }
        }
        None
    }

    /// A number that is in the order of dates, and the same for the same date only; never 0.
    pub fn number(&self) -> u64 {
        let part = |part: Option<u8>| part.map_or(0, |part| u64::from(part) + 1);
        let time = self.time.map_or(0, |(hour, minute)| (u64::from(hour) << 8 | u64::from(minute)) + 1);
        // Ten bits for each part, twenty for the time.
        let year = i64::from(self.year) - i64::from(i16::MIN) + 1;
        year.unsigned_abs() << 40 | part(self.month) << 30 | part(self.day) << 20 | time
    }

    /// `2026`, `2026-11`, `2026-11-22` or `2026-11-22T09:30`.
    pub fn iso(&self) -> String {
        self.written('T')
    }

    /// Digit by digit: every page shows dates, and every list many.
    fn written(&self, before_time: char) -> String {
        let two = |number: u8| [b'0' + number / 10 % 10, b'0' + number % 10].map(char::from);
        let half = |half: i16| two(u8::try_from(half).unwrap_or(0));
        let mut text = String::with_capacity(16);
        text.extend(half(self.year / 100));
        text.extend(half(self.year % 100));
        let Some(month) = self.month else { return text };
        text.push('-');
        text.extend(two(month));
        let Some(day) = self.day else { return text };
        text.push('-');
        text.extend(two(day));
        let Some((hour, minute)) = self.time else { return text };
        text.push(before_time);
        text.extend(two(hour));
        text.push(':');
        text.extend(two(minute));
        text
    }
}

/// As [`Date::iso`], with a space before the time (the form of `<meta name="PubDate">`).
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(' '))
    }
}

/// Walks over the characters of a date; full-width digits and signs count as their ASCII twins.
struct Cursor {
    rest: std::collections::VecDeque<char>,
}

impl Cursor {
    fn new(text: &str) -> Self {
        let ascii = |c: char| match c {
            '０'..='９' | '／' | '．' | '－' | '：' => {
                char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
            }
            '　' => ' ',
            c => c,
        };
        // 64 characters are more than any date: a long text needs no walk.
        Cursor { rest: text.trim().chars().take(64).map(ascii).collect() }
    }

    fn done(&mut self) -> bool {
        self.spaces();
        self.rest.is_empty()
    }

    fn spaces(&mut self) {
        while self.rest.front().is_some_and(|c| *c == ' ') {
            self.rest.pop_front();
        }
    }

    /// A run of at most eight digits and its length.
    fn number(&mut self) -> Option<(u32, usize)> {
        let mut number = 0;
        let mut length = 0;
        while let Some(digit) = self.rest.front().and_then(|c| c.to_digit(10)) {
            self.rest.pop_front();
            length += 1;
            if length > 8 {
                return None;
            }
            number = number * 10 + digit;
        }
        (length > 0).then_some((number, length))
    }

    /// One or two digits.
    fn short(&mut self) -> Result<u32, DateFault> {
        match self.number() {
            Some((number, 1 | 2)) => Ok(number),
            _ => Err(DateFault::Shape),
        }
    }

    fn eat(&mut self, wanted: &[char]) -> Option<char> {
        self.rest.front().copied().filter(|c| wanted.contains(c)).inspect(|_| {
            self.rest.pop_front();
        })
    }

    /// What follows a four-digit year.
    fn month_and_day(&mut self) -> Result<(Option<u32>, Option<u32>), DateFault> {
        let Some(mark) = self.eat(&['-', '.', '/', '年']) else { return Ok((None, None)) };
        self.spaces();
        if mark == '年' && self.rest.is_empty() {
            return Ok((None, None));
        }
        let month = self.short()?;
        self.spaces();
        let second = if mark == '年' { '月' } else { mark };
        if self.eat(&[second]).is_none() {
            return if mark == '年' { Err(DateFault::Shape) } else { Ok((Some(month), None)) };
        }
        self.spaces();
        if mark == '年' && self.rest.is_empty() {
            return Ok((Some(month), None));
        }
        let day = self.short()?;
        if mark == '年' && self.eat(&['日', '号']).is_none() {
            return Err(DateFault::Shape);
        }
        Ok((Some(month), Some(day)))
    }

    /// Hour and minute, seconds passed over, and an offset in minutes.
    #[expect(clippy::type_complexity, reason = "two optional parts of one time")]
    fn time(&mut self) -> Result<(Option<(u32, u32)>, Option<i32>), DateFault> {
        if self.eat(&['T', 't']).is_none() {
            self.spaces();
        }
        if self.rest.is_empty() {
            return Ok((None, None));
        }
        let hour = self.short()?;
        let mark = self.eat(&[':', '时', '点']).ok_or(DateFault::Shape)?;
        if mark != ':' && self.rest.is_empty() {
            return Ok((Some((hour, 0)), None));
        }
        let minute = self.short()?;
        self.eat(&['分']);
        if mark == ':' && self.eat(&[':']).is_some() {
            let (second, _) = self.number().ok_or(DateFault::Shape)?;
            if second > 60 {
                return Err(DateFault::Impossible);
            }
            if self.eat(&['.']).is_some() {
                while self.rest.front().is_some_and(char::is_ascii_digit) {
                    self.rest.pop_front();
                }
            }
        }
        self.spaces();
        let offset = match self.eat(&['Z', 'z', '+', '-']) {
            None => None,
            Some('Z' | 'z') => Some(0),
            Some(sign) => {
                let (hours, length) = self.number().ok_or(DateFault::Shape)?;
                let minutes = match length {
                    4 => hours / 100 * 60 + hours % 100,
                    1 | 2 => hours * 60 + if self.eat(&[':']).is_some() { self.short()? } else { 0 },
                    _ => return Err(DateFault::Shape),
                };
                let minutes = i32::try_from(minutes).map_err(|_| DateFault::Shape)?;
                Some(if sign == '-' { -minutes } else { minutes })
            }
        };
        Ok((Some((hour, minute)), offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        Date::parse(text).map_or_else(|fault| format!("{fault:?}"), |(date, _)| date.iso())
    }

    #[test]
    fn numbers_are_in_the_order_of_dates() {
        let part = [None, Some(0), Some(1), Some(12), Some(255)];
        let times = [None, Some((0, 0)), Some((0, 255)), Some((9, 30)), Some((255, 255))];
        let mut dates = Vec::new();
        for year in [i16::MIN, -1, 0, 2026, i16::MAX] {
            for month in part {
                for day in part {
                    dates.extend(times.map(|time| Date { year, month, day, time }));
                }
            }
        }
        assert!(dates.iter().all(|date| date.number() > 0));
        for one in &dates {
            for other in &dates {
                assert_eq!(one.number().cmp(&other.number()), one.cmp(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_usual_spellings_are_read() {
        for text in
            ["2026-11-22", "2026.11.22", "2026/11/22", "2026年11月22日", "2026年11月22号", " 20261122 "]
        {
            assert_eq!(iso(text), "2026-11-22", "{text}");
        }
        assert_eq!(iso("2026"), "2026");
        assert_eq!(iso("2026年"), "2026");
        assert_eq!(iso("2026-11"), "2026-11");
        assert_eq!(iso("2026年11月"), "2026-11");
        assert_eq!(iso("2026.3.5"), "2026-03-05");
        assert_eq!(iso("２０２６年１１月２２日"), "2026-11-22");
        for text in ["2026-11-22 09:30", "2026-11-22T09:30:15", "2026年11月22日9时30分", "2026/11/22 9：30"]
        {
            assert_eq!(iso(text), "2026-11-22T09:30", "{text}");
        }
        assert_eq!(Date::parse("2026-11-22T09:30:00.5+08:00").unwrap().1, Some(480));
        assert_eq!(Date::parse("2026-11-22T09:30:00Z").unwrap().1, Some(0));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "今天", "26-11-22", "2026-11-22-33", "2026年11", "2026-11-22 早上", "2026-11.22"]
        {
            assert_eq!(iso(text), "Shape", "{text}");
        }
        for text in ["2026-02-30", "2026-13-01", "2026-00-10", "2025-02-29", "2026-11-22 24:00", "20261332"] {
            assert_eq!(iso(text), "Impossible", "{text}");
        }
        assert_eq!(iso("2024-02-29"), "2024-02-29");
    }

    #[test]
    fn unknown_parts_sort_first() {
        let mut dates: Vec<_> = ["2026-11-22 09:30", "2026-11-22", "2026", "2026-11", "2025-12-31"]
            .iter()
            .map(|t| iso(t))
            .collect();
        let mut sorted: Vec<_> = dates.iter().map(|text| Date::parse(text).unwrap().0).collect();
        sorted.sort();
        dates.sort();
        assert_eq!(sorted.iter().map(Date::iso).collect::<Vec<_>>(), dates);
    }

    #[test]
    fn file_names_carry_dates() {
        let day = Date::new(2026, Some(11), Some(22), None).unwrap();
        assert_eq!(Date::of_file_name("20261122_庆乐村_主题党日"), Some((day, "庆乐村_主题党日")));
        assert_eq!(Date::of_file_name("2026-11-22-dang-ri"), Some((day, "dang-ri")));
        assert_eq!(Date::of_file_name("2026-11-22"), Some((day, "")));
        for name in ["", "庆乐村庆乐村", "202611221", "2026-13-22-a", "2026年11月"] {
            assert_eq!(Date::of_file_name(name), None, "{name}");
        }
    }
}
