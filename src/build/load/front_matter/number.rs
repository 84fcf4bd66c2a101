//! Numbers as clerks write them: `42`, `1,024`, `42个`, `+29.8%`, `12万元`, `五星`.

use unicode_normalization::UnicodeNormalization;

/// A number and the words behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// The number.
    pub value: f64,
    /// The number, if it is a whole one.
    pub int: Option<i64>,
    /// What stands behind it: `个`, `%`, `万元`, or nothing.
    pub unit: String,
}

/// Reads a number at the start of `text`; none if there is none, or its commas are in odd places.
pub(super) fn read(text: &str) -> Option<Written> {
    if text.len() > 200 {
        return None;
    }
    let text: String = text.trim().nfkc().collect();
    let text = text.trim_start_matches(['¥', '￥']).trim_start();
    let (sign, digits) = match text.chars().next()? {
        '+' => (1.0, text.get(1..)?),
        '-' => (-1.0, text.get(1..)?),
        '−' => (-1.0, text.get('−'.len_utf8()..)?),
        _ => (1.0, text),
    };
    let digits = digits.trim_start();
    if let Some(number) = digits.chars().next().and_then(han) {
        let unit = digits.chars().skip(1).collect::<String>();
        let plain = sign > 0.0 && !unit.starts_with(|c| han(c).is_some() || "十百千点".contains(c));
        return plain.then(|| Written { value: f64::from(number), int: Some(i64::from(number)), unit });
    }
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(digits.len());
    let (number, unit) = digits.split_at(end);
    let (whole, fraction) =
        number.split_once('.').map_or((number, None), |(whole, part)| (whole, Some(part)));
    if whole.is_empty() || fraction.is_some_and(|part| part.is_empty() || part.contains([',', '.'])) {
        return None;
    }
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        if !(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3) {
            return None;
        }
    }
    let plain = number.replace(',', "");
    let value: f64 = plain.parse().ok().filter(|value: &f64| value.is_finite())?;
    let int = fraction.is_none().then(|| plain.parse::<i64>().ok()).flatten();
    let negative = sign < 0.0;
    Some(Written {
        value: if negative { -value } else { value },
        int: int.map(|int| if negative { -int } else { int }),
        unit: unit.trim().to_owned(),
    })
}

fn han(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    })
}

impl Written {
    /// The number counted in `unit`, if what stands behind it allows that: nothing, the unit itself, 万 or 亿 of it, or,
    /// for a field without a unit, any short Chinese word.
    pub fn counted_in(mut self, unit: Option<&str>) -> Option<Written> {
        let unit = unit.unwrap_or_default();
        let same = |written: &str| {
            written.is_empty()
                || written == unit
                // 五星级 for a field counted in 星.
                || (!unit.is_empty() && written.strip_suffix('级') == Some(unit))
                || (unit.is_empty() && written.chars().count() <= 3 && written.chars().all(|c| c >= '一'))
        };
        if same(&self.unit) && !(unit.is_empty() && self.unit.starts_with(['万', '亿'])) {
            return Some(self);
        }
        let factor: i32 = if self.unit.starts_with('万') { 10_000 } else { 100_000_000 };
        let rest = self.unit.strip_prefix(['万', '亿'])?;
        if unit.starts_with(['万', '亿']) {
            // 12万 for a field counted in 万元.
            return (rest.is_empty() && self.unit.chars().next() == unit.chars().next()).then_some(self);
        }
        if !same(rest) {
            return None;
        }
        self.value *= f64::from(factor);
        // 1.2 万 is whole, though 1.2 is not; the product is exact enough to tell.
        let rounded = (self.value * 1000.0).round() / 1000.0;
        self.value = rounded;
        self.int = match self.int {
            Some(int) => int.checked_mul(i64::from(factor)),
            None => whole(rounded),
        };
        self.unit = rest.to_owned();
        Some(self)
    }
}

/// The whole number that a float is, if it is one.
pub(super) fn whole(value: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "within 2^53 and without a fraction")]
    (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}

/// The unit of money that a text means.
pub fn money_unit(text: &str) -> Option<&'static str> {
    Some(match text.trim_end_matches("人民币") {
        "元" | "块" => "元",
        "千元" => "千元",
        "万" | "万元" => "万元",
        "百万" | "百万元" => "百万元",
        "千万" | "千万元" => "千万元",
        "亿" | "亿元" => "亿元",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: f64, int: Option<i64>, unit: &str) {
        assert_eq!(read(text), Some(Written { value, int, unit: unit.to_owned() }), "{text}");
    }

    #[test]
    fn numbers_are_read() {
        check("42", 42.0, Some(42), "");
        check("1,024", 1024.0, Some(1024), "");
        check("１，０２４人", 1024.0, Some(1024), "人");
        check("42个", 42.0, Some(42), "个");
        check("+29.8%", 29.8, None, "%");
        check("-3", -3.0, Some(-3), "");
        check("12 万元", 12.0, Some(12), "万元");
        check("五星", 5.0, Some(5), "星");
        for text in ["", "abc", "1,02", "1.2.3", ".5", "5.", "十五", "近30", "+"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn units_are_compared() {
        let count =
            |text: &str, unit| read(text).unwrap().counted_in(unit).map(|number| (number.value, number.int));
        assert_eq!(count("42个", Some("个")), Some((42.0, Some(42))));
        assert_eq!(count("42户", Some("人")), None);
        assert_eq!(count("1.2万人", Some("人")), Some((12_000.0, Some(12_000))));
        assert_eq!(count("3万", None), Some((30_000.0, Some(30_000))));
        assert_eq!(count("12万", Some("万元")), Some((12.0, Some(12))));
        assert_eq!(count("42名", None), Some((42.0, Some(42))));
        assert_eq!(count("1000多名", Some("名")), None);
    }
}
