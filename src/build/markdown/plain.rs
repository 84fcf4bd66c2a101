//! Text of one line that is no Markdown, written by somebody who thinks it is: marks out, words in.
//!
//! In: a title, a summary, a field. Out: the same without `**` around words, and the words of `[words](link)`, `[[name]]`
//! and `[[name|words]]`. What stands for something left out (see [`super::redaction`]) stays, and so does every mark that
//! has no partner. A single `*`, `_` or `#` may be meant as it stands.

use super::redaction;
use std::borrow::Cow;

/// `text` without marks of bold and links.
pub fn plain(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    if out.contains("**") {
        out = without(&out, &bold(&out)).map_or(out, Cow::Owned);
    }
    if out.contains(['[', ']']) {
        out = without(&out, &links(&out)).map_or(out, Cow::Owned);
    }
    out
}

/// `text` without the pieces at `cuts`, which are in order; none if there are none.
fn without(text: &str, cuts: &[(usize, usize)]) -> Option<String> {
    if cuts.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for &(start, end) in cuts {
        out.push_str(text.get(from..start)?);
        from = end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

/// Where the `**` of pairs stand.
fn bold(text: &str) -> Vec<(usize, usize)> {
    let withheld = redaction::find(text);
    let alone = |at: usize| {
        let beside = |c: Option<char>| c == Some('*');
        !beside(text[..at].chars().next_back()) && !beside(text[at + 2..].chars().next())
    };
    let marks: Vec<usize> = text
        .match_indices("**")
        .map(|(at, _)| at)
        .filter(|at| alone(*at) && !withheld.contains(at))
        .collect();
    let mut cuts = Vec::new();
    let mut rest = marks.as_slice();
    while let [open, close, ..] = rest {
        let inside = text.get(open + 2..*close).unwrap_or_default();
        if inside.is_empty() || inside.trim() != inside {
            rest = &rest[1..];
        } else {
            cuts.extend([(*open, open + 2), (*close, close + 2)]);
            rest = &rest[2..];
        }
    }
    cuts
}

/// What of links is no words.
fn links(text: &str) -> Vec<(usize, usize)> {
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('[')).map(|found| at + found) {
        at = open + 1;
        let Some(rest) = text.get(at..) else { break };
        if let Some(inside) = rest.strip_prefix('[') {
            let Some((name, _)) = inside.split_once("]]") else { continue };
            if name.trim().is_empty() || name.contains(['[', ']']) {
                continue;
            }
            let skipped = name.find('|').map_or(0, |bar| bar + 1);
            let end = open + 2 + name.len();
            cuts.extend([(open, open + 2 + skipped), (end, end + 2)]);
            at = end + 2;
        } else if let Some((words, dest)) = rest.split_once("](") {
            let Some((dest, _)) = dest.split_once(')') else { continue };
            if words.trim().is_empty() || words.contains(['[', ']']) || dest.contains([' ', '(']) {
                continue;
            }
            let end = open + 1 + words.len();
            cuts.extend([(open, open + 1), (end, end + 3 + dest.len())]);
            at = end + 3 + dest.len();
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::plain;
    use proptest::prelude::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (written, shown) in [
            ("**示范**建设", "示范建设"),
            ("抓**“五为振兴”**示范点", "抓“五为振兴”示范点"),
            ("**一**和**二**", "一和二"),
            ("见[报告](reports/2026.md#一)第一节", "见报告第一节"),
            ("[[庆乐村]]与[[lian-gui|联桂]]", "庆乐村与联桂"),
            ("**[[庆乐村]]**", "庆乐村"),
        ] {
            assert_eq!(plain(written), shown);
        }
    }

    #[test]
    fn what_may_be_meant_stays() {
        let same = [
            "**",
            "**村",
            "**村和**村",
            "收入**万元",
            "美在**”",
            "2 ** 3 ** 4",
            "a * b * c",
            "***",
            "****",
            "a_b_c",
            "# 一",
            "[草案]",
            "甲[1](二",
            "[[",
            "[[]]",
            "数组 a[0](参见 b)",
        ];
        for text in same {
            assert_eq!(plain(text), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_added(text in r"[*\[\]()|村甲 a]{0,24}") {
            let shown = plain(&text);
            let mut letters = text.chars();
            prop_assert!(shown.chars().all(|c| letters.any(|own| own == c)), "{text:?} → {shown:?}");
        }
    }
}
