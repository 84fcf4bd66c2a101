//! Small questions about characters of Chinese text.

/// A Han character (ideographs, 〇 and 々 included).
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}'
        | '々' | '〇')
}

/// Han, kana or full-width: nothing that needs a space towards its neighbours (Hangul does).
pub(super) fn is_wide(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3000}'..='\u{30FF}' | '\u{31A0}'..='\u{31FF}' | '\u{3200}'..='\u{33FF}'
            | '\u{FE30}'..='\u{FE4F}' | '\u{FF01}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}')
}

/// Punctuation that Chinese shares with other scripts, wide only beside Chinese.
fn is_shared(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '·')
}

/// Whether a line break between these two characters is no space.
pub(super) fn joins(before: char, after: char) -> bool {
    (is_wide(before) || is_shared(before))
        && (is_wide(after) || is_shared(after))
        && (is_wide(before) || is_wide(after))
}

/// Han characters, and words or numbers of other scripts (`29.8%` and `e-mail` are one each).
pub(super) fn count(text: &str) -> (u32, u32) {
    let (mut han, mut words, mut in_word) = (0u32, 0u32, false);
    let mut at = 0;
    while at < text.len() {
        // Most of any Chinese text are U+4E00 to U+9FFF and ，、。“” and the like: told by their three bytes, in one run.
        let (mut run, mut found) = (0, 0);
        for three in text.as_bytes()[at..].as_chunks::<3>().0 {
            match three {
                [0xE4, 0xB8..=0xBF, _] | [0xE5..=0xE9, ..] => found += 1,
                [0xEF, 0xBC, 0x80..=0x8F | 0x9A..=0xA0]
                | [0xE3, 0x80, 0x81 | 0x82]
                | [0xE2, 0x80, 0x9C | 0x9D] => {}
                _ => break,
            }
            run += 1;
        }
        han = han.saturating_add(found);
        in_word &= run == 0;
        at += 3 * run;
        let mut chars = text.get(at..).unwrap_or_default().chars();
        let Some(c) = chars.next() else { break };
        at += c.len_utf8();
        if is_han(c) {
            han = han.saturating_add(1);
            in_word = false;
        } else if c.is_alphanumeric() {
            words = words.saturating_add(u32::from(!in_word));
            in_word = true;
        } else {
            let joint = matches!(c, '.' | ',' | '\'' | '’' | '-' | '_' | ':' | '/');
            in_word &= joint && chars.next().is_some_and(|next| next.is_alphanumeric() && !is_han(next));
        }
    }
    (han, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted() {
        assert_eq!(count("增长29.8%，去年"), (4, 1));
        assert_eq!(count("反诈APP等 e-mail it's"), (3, 3));
        assert_eq!(count("  "), (0, 0));
        // The borders of what is told by its first bytes: 㐀, 䶿, 一, ䷿ (no Han), 俿, 倀, 鿿, ꀀ (Yi, a letter).
        assert_eq!(count("a，b、c。d“e”f！g？h：i；j（k）９Ａ＠"), (0, 12));
        assert_eq!(count("\u{3400}\u{4DBF}\u{4E00}\u{4DFF}\u{4FFF}\u{5000}\u{9FFF}\u{A000}"), (6, 1));
    }

    #[test]
    fn breaks_join_chinese_only() {
        assert!(joins('村', '民') && joins('。', '“') && joins('，', '村'));
        assert!(!joins('村', 'a') && !joins('한', '국') && !joins('”', '“'));
    }
}
