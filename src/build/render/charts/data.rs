//! What a chart shows, checked: items with a finite value or none, each with the text that stands for it.

use super::text;

/// The sort of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Horizontal bars, one an item.
    Bar,
    /// Values over periods.
    Line,
    /// Parts of a whole as a ring.
    Donut,
    /// Values against a target.
    Progress,
    /// Parts of a whole as one bar.
    Parts,
}

impl Sort {
    /// All sorts with the names that templates use.
    pub const ALL: [(&'static str, Sort); 5] = [
        ("bar", Sort::Bar),
        ("line", Sort::Line),
        ("donut", Sort::Donut),
        ("progress", Sort::Progress),
        ("parts", Sort::Parts),
    ];
}

/// One value of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub label: String,
    /// None when it is withheld or unknown: drawn as a gap.
    pub value: Option<f64>,
    /// How it is written.
    pub text: String,
}

/// Everything that is drawn. Numbers are finite, texts are one line each.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its sort.
    pub sort: Sort,
    /// Name for those who do not see it; not drawn.
    pub title: String,
    /// Values in the order given.
    pub items: Vec<Item>,
    /// What should be reached.
    pub target: Option<f64>,
    /// Follows numbers that have no text of their own.
    pub unit: String,
    /// The name of what small parts are joined into.
    pub other: String,
    /// The word for the target.
    pub target_label: String,
    /// The width of the view box: at how many pixels it is meant to be read.
    pub width: f64,
}

impl Chart {
    /// A number with the unit.
    pub fn written(&self, value: f64) -> String {
        let space = self.unit.starts_with(|c: char| c.is_ascii_alphabetic());
        format!("{}{}{}", text::number(value), if space { " " } else { "" }, self.unit)
    }

    /// The target in words.
    pub fn target_text(&self) -> Option<String> {
        let space = if text::is_han(&self.target_label) { "" } else { " " };
        self.target.map(|target| format!("{}{space}{}", self.target_label, self.written(target)))
    }

    /// The values that are there.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.items.iter().filter_map(|item| item.value)
    }

    /// Lowest and highest of zero, the values and the target, each divided by the returned scale, so that sums and
    /// differences of the largest numbers stay finite.
    pub fn span(&self) -> (f64, f64, f64) {
        let scale = self.values().chain(self.target).map(f64::abs).fold(0.0, f64::max);
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let all = || self.values().chain(self.target).map(|value| value / scale);
        (all().fold(0.0, f64::min), all().fold(0.0, f64::max), scale)
    }

    /// The data as a sentence.
    pub fn sentence(&self) -> String {
        let chinese = text::is_han(&self.title) || self.items.iter().any(|item| text::is_han(&item.label));
        let (comma, stop) = if chinese { ("，", "。") } else { ("; ", ".") };
        let mut parts: Vec<String> = self
            .items
            .iter()
            .map(|item| match (item.label.as_str(), item.text.as_str()) {
                ("", text) => text.to_owned(),
                (label, text) => format!("{label} {text}"),
            })
            .collect();
        parts.extend(self.target_text());
        format!("{}{stop}", parts.join(comma))
    }

    /// Title and data in one line.
    pub fn spoken(&self) -> String {
        let colon = if text::is_han(&self.title) { "：" } else { ": " };
        if self.title.is_empty() {
            return self.sentence();
        }
        format!("{}{colon}{}", self.title, self.sentence())
    }
}
