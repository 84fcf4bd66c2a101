//! The keys that every page may carry, whatever its kind, with their Chinese names and those of Zola.
//!
//! One table: front matter reads it, and kinds may not give a field any of these names.

use super::fold;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A key that every page may carry (the last three and `kind` also say how a section lists its pages).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says it better")]
pub enum Key {
    Title,
    Date,
    Updated,
    Description,
    Slug,
    Aliases,
    Tags,
    Taxonomies,
    Cover,
    Draft,
    Publish,
    Expire,
    Weight,
    Pinned,
    Source,
    Author,
    Editor,
    Reviewer,
    Kind,
    Layout,
    Language,
    Extra,
    SortBy,
    Order,
    PaginateBy,
}

/// Every key with its names: the English one first, the Chinese one second, then aliases.
pub const NAMES: [(Key, &[&str]); 25] = [
    (Key::Title, &["title", "标题", "name", "名称", "题目"]),
    (Key::Date, &["date", "日期", "时间", "发布日期"]),
    (Key::Updated, &["updated", "更新", "更新日期", "更新时间", "修改日期", "lastmod"]),
    (Key::Description, &["description", "摘要", "简介", "描述", "概要", "summary"]),
    (Key::Slug, &["slug", "网址名", "短网址"]),
    (Key::Aliases, &["aliases", "旧网址", "别名", "alias"]),
    (Key::Tags, &["tags", "标签", "关键词", "tag", "keywords"]),
    (Key::Taxonomies, &["taxonomies", "分类法"]),
    (Key::Cover, &["cover", "封面", "封面图", "封面图片", "题图"]),
    (Key::Draft, &["draft", "草稿"]),
    (Key::Publish, &["publish", "发布", "发布时间", "上线", "上线时间", "publish_date"]),
    (Key::Expire, &["expire", "到期", "到期时间", "下线", "下线时间", "过期", "expiry_date"]),
    (Key::Weight, &["weight", "权重", "排序", "顺序号"]),
    (Key::Pinned, &["pinned", "置顶", "头条"]),
    (Key::Source, &["source", "来源", "信息来源", "稿源"]),
    (Key::Author, &["author", "作者", "供稿", "撰稿", "authors"]),
    (Key::Editor, &["editor", "编辑", "责任编辑"]),
    (Key::Reviewer, &["reviewer", "审核", "审核人", "审稿"]),
    (Key::Kind, &["kind", "类型", "内容类型"]),
    (Key::Layout, &["layout", "布局", "版式"]),
    (Key::Language, &["language", "语言", "lang"]),
    (Key::Extra, &["extra", "附加", "扩展"]),
    (Key::SortBy, &["sort_by", "排序方式", "排序依据"]),
    (Key::Order, &["order", "顺序", "排列顺序"]),
    (Key::PaginateBy, &["paginate_by", "每页", "每页条数"]),
];

/// Names that templates need for themselves wherever a page is shown: no field of a kind may be called so.
pub const RESERVED: [&str; 11] =
    ["url", "absolute", "kind_label", "words", "minutes", "section", "facts", "body", "id", "path", "ended"];

/// Names that templates need for themselves on a page of its own.
pub const RESERVED_ON_PAGES: [&str; 7] =
    ["content", "toc", "previous", "next", "backlinks", "related", "attachments"];

/// Keys of Zola that have no meaning here and do no harm.
pub const ZOLA: [&str; 12] = [
    "path",
    "template",
    "in_search_index",
    "render",
    "page_template",
    "insert_anchor_links",
    "generate_feed",
    "generate_feeds",
    "transparent",
    "redirect_to",
    "paginate_path",
    "paginate_reversed",
];

impl Key {
    /// The key that `name` (folded) stands for.
    pub fn of(name: &str) -> Option<Key> {
        static INDEX: LazyLock<BTreeMap<String, Key>> = LazyLock::new(|| {
            let pairs = NAMES.iter().flat_map(|(key, names)| names.iter().map(move |name| (*name, *key)));
            pairs.map(|(name, key)| (fold(name).into_owned(), key)).collect()
        });
        INDEX.get(name).copied()
    }

    /// All names of the key, the English one first, the Chinese one second.
    pub fn names(self) -> &'static [&'static str] {
        NAMES.iter().find(|(key, _)| *key == self).map_or(&[], |(_, names)| names)
    }

    /// Whether only a section (`_index.md`) may carry it.
    pub fn of_sections_only(self) -> bool {
        matches!(self, Key::SortBy | Key::Order | Key::PaginateBy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_keys() {
        let mut all: Vec<_> = NAMES.iter().flat_map(|(_, names)| names.iter()).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn both_languages_are_known() {
        assert_eq!(Key::of("标题"), Some(Key::Title));
        assert_eq!(Key::of("title"), Some(Key::Title));
        assert_eq!(Key::of("发布时间"), Some(Key::Publish));
        assert_eq!(Key::of("党员数"), None);
    }
}
