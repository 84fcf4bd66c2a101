//! Tells the redactions of a report (`**村`, `**万元`, `美在**”`) from bold text.
//!
//! In: the body. Out: the places of those `**` that stand for something left out. Only runs of exactly two asterisks
//! that are not escaped take part; each is either *a unit run* (what follows is a word that a redaction is counted in:
//! 村, 次, 万元, 等 …) or *a plain one*. Line by line (a list item, a quote, a table row, a heading begin a new piece; a
//! wrapped paragraph is one piece) the cheapest reading is chosen among: each run is left alone, or is bold together with
//! its next neighbour.
//! - A unit run alone costs nothing, a plain run alone costs much: it must have been meant as bold.
//! - Two unit runs are never a pair, unless the first begins a known word (`**村民**次数`).
//! - A pair needs quotes and brackets in balance (so `，**镇…“…美在**”` is none), something inside, and no space inside its ends.
//! - It costs more when it spans a comma or ends with one.
//!
//! Of the runs left alone, unit runs and those before a closing quote or bracket are redactions; the rest is CommonMark's.

/// Whether a text begins with a word that is counted with (also 万元, 亿元), or that stands for a place left out.
fn begins_with_unit(text: &str) -> bool {
    matches!(
        text.chars().next(),
        Some('村' | '镇' | '乡' | '县' | '次' | '枚' | '个' | '户' | '名' | '亩' | '元' | '万' | '亿' | '等')
    ) || text.starts_with("公里")
        || text.starts_with("高速")
}

/// Words that begin like a unit and are commonly bold.
const WORDS: &[&str] = &[
    "村民",
    "村规",
    "村庄",
    "村干部",
    "村集体",
    "村级",
    "村务",
    "镇村",
    "镇域",
    "乡村",
    "乡镇",
    "乡风",
    "县域",
    "个人",
    "个体",
    "个性",
    "等级",
    "次要",
    "次数",
    "名单",
    "名称",
    "户籍",
    "户外",
    "亩产",
];

const NEVER: u32 = u32::MAX / 4;

/// One `**`.
struct Run {
    at: usize,
    unit: bool,
    /// Before a closing quote or bracket.
    enclosed: bool,
}

/// The byte positions of the redactions in `body`, in order.
pub(super) fn find(body: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut done = 0;
    // Most pieces have no run: only those around one are looked at.
    while let Some(run) = memchr::memmem::find(&body.as_bytes()[done..], b"**").map(|at| done + at) {
        let start = lines_back(body, done, run).find(|line| begins_piece(&body[*line..])).unwrap_or(done);
        let end = lines_on(body, run).find(|line| begins_piece(&body[*line..])).unwrap_or(body.len());
        in_piece(body, start, end, &mut found);
        done = end;
    }
    found
}

/// Where the line of `at` begins, and the lines before it, down to but not including `least`.
fn lines_back(body: &str, least: usize, at: usize) -> impl Iterator<Item = usize> {
    memchr::memrchr_iter(b'\n', &body.as_bytes()[least..at]).map(move |end| least + end + 1)
}

/// Where the lines after that of `at` begin.
fn lines_on(body: &str, at: usize) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'\n', &body.as_bytes()[at..]).map(move |end| at + end + 1)
}

/// Whether the first line of a text cannot continue the paragraph before it.
fn begins_piece(text: &str) -> bool {
    let line = &text[..memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |end| end + 1)];
    let line = line.trim_start_matches([' ', '\t', '\r', '\n']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    line.is_empty()
        || line.starts_with(['#', '>', '|', '`'])
        || ["- ", "* ", "+ ", "~~~"].iter().any(|mark| line.starts_with(mark))
        || (digits > 0 && line[digits..].starts_with(['.', ')']))
}

fn in_piece(body: &str, start: usize, end: usize, found: &mut Vec<usize>) {
    let Some(piece) = body.get(start..end) else { return };
    let runs = runs(piece);
    if !runs.iter().any(|run| run.unit || run.enclosed) {
        return;
    }
    // cost[i]: the cheapest reading of the runs from i on; paired[i]: whether i is bold with i + 1 in it.
    let mut cost = vec![0u32; runs.len() + 2];
    let mut paired = vec![false; runs.len()];
    for i in (0..runs.len()).rev() {
        let run = &runs[i];
        let alone = cost[i + 1]
            + if run.unit {
                2
            } else if run.enclosed {
                8
            } else {
                10
            };
        let pair = match runs.get(i + 1) {
            Some(next) => cost[i + 2].saturating_add(pair_cost(piece, run, next)),
            None => NEVER,
        };
        paired[i] = pair <= alone;
        cost[i] = if paired[i] { pair } else { alone };
    }
    let mut i = 0;
    while let Some(run) = runs.get(i) {
        if paired[i] {
            i += 2;
            continue;
        }
        if run.unit || run.enclosed {
            found.push(start + run.at);
        }
        i += 1;
    }
}

fn runs(piece: &str) -> Vec<Run> {
    let bytes = piece.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'*', &bytes[at..]).map(|found| at + found) {
        let len = bytes[next..].iter().take_while(|b| **b == b'*').count();
        at = next + len;
        let escaped = next > 0 && bytes[next - 1] == b'\\';
        if len == 2 && !escaped {
            let rest = &piece[at..];
            runs.push(Run {
                at: next,
                unit: begins_with_unit(rest),
                enclosed: matches!(
                    rest.chars().next(),
                    Some('”' | '’' | '」' | '』' | '》' | '〉' | '）' | '〕' | '】' | ')' | ']')
                ),
            });
        }
    }
    runs
}

fn pair_cost(piece: &str, open: &Run, close: &Run) -> u32 {
    let inside = piece.get(open.at + 2..close.at).unwrap_or_default();
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else { return NEVER };
    let spaced = first.is_whitespace() || last.is_whitespace();
    if spaced || !inside.contains(char::is_alphanumeric) || inside.contains(['|', '*']) || !balanced(inside) {
        return NEVER;
    }
    if open.unit && close.unit {
        let word = WORDS.iter().any(|word| inside.starts_with(word));
        let short = inside.chars().count() <= 12 && !inside.contains(['，', '。', '、', '；']);
        return if word && short { 3 } else { NEVER };
    }
    // A unit run alone costs 2 as well, so that a reading is not better for having fewer runs.
    let trailing = if matches!(last, '，' | '、' | '；' | '：') { 4 } else { 0 };
    let spans =
        if inside.trim_end_matches(['。', '！', '？']).contains(['，', '。', '；']) { 3 } else { 0 };
    let number = if close.unit && inside.bytes().any(|b| b.is_ascii_digit()) { 0 } else { 2 };
    let mixed = u32::from(open.unit != close.unit) * (2 + number);
    mixed + trailing + spans
}

/// Whether every quote and bracket that opens in `text` also closes in it, and the other way round.
fn balanced(text: &str) -> bool {
    const PAIRS: [(char, char); 9] = [
        ('“', '”'),
        ('‘', '’'),
        ('「', '」'),
        ('『', '』'),
        ('《', '》'),
        ('（', '）'),
        ('〔', '〕'),
        ('【', '】'),
        ('(', ')'),
    ];
    let mut depth = [0i32; PAIRS.len()];
    for c in text.chars() {
        for (depth, (open, close)) in depth.iter_mut().zip(PAIRS) {
            *depth += i32::from(c == open) - i32::from(c == close);
            if *depth < 0 {
                return false;
            }
        }
    }
    depth.iter().all(|depth| *depth == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, redactions: usize) {
        assert_eq!(find(text).len(), redactions, "{text}");
    }

    #[test]
    fn bold_stays_bold() {
        for text in [
            "**村民议事**会",
            "**个**",
            "**个**，",
            "**镇党委**高度重视",
            "评定**9**个",
            "**次要**",
            "**“五为振兴”**示范点",
            "“**村**”",
            "**村级**和**镇级**和**县级**和**乡级**会议",
            "**村民**次数",
            "**村民议事会召开，大家讨论。**",
            "- **村民小组**：甲\n- **村委会**：乙",
            "**等级评定**，**高速公路**建设",
        ] {
            check(text, 0);
        }
    }

    #[test]
    fn redactions_are_found() {
        check("学习**次、班子参加**次、讲党课", 2);
        check("近**万元建成。地处**高速公路路口", 2);
        check("，**镇严格，以“文化先行 美在**”为主题", 2);
        check("组织**个村，**重点**推进", 1);
        check("**村有**重点**工作", 1);
        check("近**万元，评定**9**个", 1);
        check("**9**个村，**村", 1);
        check("**村民议事**会，组织**个村", 1);
        check("| **村 | **万元 |", 2);
        check("- **村\n- **村", 2);
        check("\\**村", 0);
        check("***村***", 0);
    }
}
