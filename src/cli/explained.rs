//! The words of `build --explain`.

use crate::build::{Explanation, Piece, Why};
use crate::messages::Lang;

/// One output, why it was rendered, and what that means.
pub(super) fn words(told: &Explanation, lang: Lang) -> String {
    let Explanation { path, origin, why } = told;
    let why = match why {
        Why::New => lang.pick("新的：上次生成时还没有", "new: the build before did not have it").to_owned(),
        Why::Same => lang
            .pick("没有重新生成：用到的内容都没有变", "not rendered: nothing that it is made of changed")
            .to_owned(),
        Why::Restored => lang
            .pick(
                "已恢复：发布的文件被别人改动或删除过",
                "restored: somebody changed or removed the published file",
            )
            .to_owned(),
        Why::Changed(pieces) => {
            let names: Vec<&str> = pieces.iter().map(|piece| name(*piece, lang)).collect();
            lang.pick(
                format!("重新生成，因为有变化：{}", names.join("、")),
                format!("rendered, because of a change in: {}", names.join(", ")),
            )
        }
    };
    lang.pick(format!("{path}（{origin}）\n  {why}"), format!("{path} ({origin})\n  {why}"))
}

fn name(piece: Piece, lang: Lang) -> &'static str {
    let (zh, en) = match piece {
        Piece::Program => ("yicun 程序", "the program"),
        Piece::Templates => ("主题的模板", "the theme's templates"),
        Piece::Address => ("网站地址或 --offline", "the site's address or --offline"),
        Piece::Site => ("site.toml、菜单或栏目", "site.toml, the menu or the sections"),
        Piece::Words => ("界面文字", "the words of the interface"),
        Piece::Assets => ("主题的样式和脚本", "the theme's styles and scripts"),
        Piece::Feeds => ("订阅源", "the feeds"),
        Piece::Head => ("页面的地址、布局或其他语言的版本", "its address, its layout or its translations"),
        Piece::Ancestors => ("上级栏目", "the sections above it"),
        Piece::Face => ("页面自己的标题、日期、字段", "its own title, dates and fields"),
        Piece::Article => ("正文，或正文里的链接、图片、组件", "its article, or what that links and shows"),
        Piece::Neighbours => ("上一篇、下一篇", "the pages before and after it"),
        Piece::Backlinks => ("提到它的页面", "the pages that name it"),
        Piece::Related => ("相关的村、品牌、项目等", "the pages related to it"),
        Piece::Photos => ("相册的照片", "the photos of its album"),
        Piece::Attachments => ("附件", "its attachments"),
        Piece::Section => ("栏目的名称、说明或下级", "the section's title, text or subsections"),
        Piece::Paginator => ("列表里的页面", "the pages in the list"),
        Piece::Lists => ("布局里的列表", "the lists of its layout"),
        Piece::Rest => ("其他内容", "something else"),
    };
    lang.pick(zh, en)
}
