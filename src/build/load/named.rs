//! What the templates of a theme name: the only keys of a context that they can ask for.
//!
//! Contexts leave out what no template names, so a plain theme does not pay for what a rich one shows. Every word inside
//! `{{ }}` and `{% %}` counts as named, strings included. A key that is worked out while rendering (`page[key]`,
//! `page | get(key=name)`) cannot be known beforehand, nor what becomes of a whole page (`page | json`): a theme with
//! any such expression gets everything.

use std::collections::BTreeSet;
use twox_hash::XxHash3_64;

/// The words of all templates.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Their hashes, sorted, since every page asks for a dozen: two words of one hash would only make contexts larger.
    /// `None` where everything is wanted.
    words: Option<Box<[u64]>>,
    length: Length,
}

/// Of whom templates ask how long the article is. What only a page shows of itself is no part of what others show of it: every
/// edit of its text changes this, and lists would have to be made again for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// Of nobody.
    #[default]
    Nobody,
    /// Of the page whose layout it is.
    Page,
    /// Of any page.
    Anyone,
}

/// The keys that tell it.
pub const LENGTH: [&str; 2] = ["words", "minutes"];

/// Maps that are never shortened; what is looked up in them need not be named.
const WHOLE: [&str; 4] = ["words", "site", "assets", "args"];
/// What a context holds by itself, and a template may take as a whole.
const ROOTS: [&str; 8] =
    ["page", "section", "lists", "paginator", "ancestors", "term", "terms", "__tera_context"];

impl Named {
    /// The words of `templates`, or everything.
    pub fn of<'t>(templates: impl IntoIterator<Item = &'t str>) -> Self {
        let mut words = BTreeSet::new();
        let (mut length, mut bound) = (Length::default(), false);
        for template in templates {
            let mut scopes = Scopes::default();
            let mut own = Length::Nobody;
            let mut rest = template;
            while let Some((tag, after)) = next_tag(rest) {
                rest = after;
                if is_open(&tag) {
                    return Named { words: None, length: Length::Anyone };
                }
                own = asked_length(&tag).into_iter().fold(own, Length::and);
                scopes.pass(&tag);
                for token in tag {
                    if let Token::Word(word) | Token::Text(word) = token {
                        words.insert(XxHash3_64::oneshot(word.as_bytes()));
                    }
                }
            }
            // Where a template has another `page`, it may be that which is asked.
            let own = if scopes.bound && own == Length::Page { Length::Anyone } else { own };
            length = length.and(own);
            bound |= scopes.leaks;
        }
        let length = if bound && length == Length::Page { Length::Anyone } else { length };
        Named { words: Some(words.into_iter().collect()), length }
    }

    /// Of whom templates ask how long the article is.
    pub fn length(&self) -> Length {
        self.length
    }

    /// Whether some template may ask for `key`.
    pub fn has(&self, key: &str) -> bool {
        let find = |words: &[u64]| words.binary_search(&XxHash3_64::oneshot(key.as_bytes())).is_ok();
        self.words.as_deref().is_none_or(find)
    }
}

impl Length {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Length::Nobody, other) => other,
            (one, Length::Nobody) => one,
            (Length::Page, Length::Page) => Length::Page,
            _ => Length::Anyone,
        }
    }
}

/// Each mention of [`LENGTH`] in a tag, but as a name of its own (`words.home`) or among words of the interface.
fn asked_length(tokens: &[Token<'_>]) -> Vec<Length> {
    let before = |here: usize, back: usize| here.checked_sub(back).and_then(|at| tokens.get(at)).copied();
    let dot = Some(Token::Mark('.'));
    let mention = |(here, token): (usize, &Token<'_>)| match token {
        Token::Text(text) if LENGTH.contains(text) => Some(Length::Anyone),
        Token::Word(word) if LENGTH.contains(word) && before(here, 1) == dot => {
            let page = before(here, 2) == Some(Token::Word("page")) && before(here, 3) != dot;
            let root = here.checked_sub(1).and_then(|dot| root(tokens, dot));
            (!is_whole(root)).then_some(if page { Length::Page } else { Length::Anyone })
        }
        _ => None,
    };
    tokens.iter().enumerate().filter_map(mention).collect()
}

/// Where in a template `page` is something else than the page that is rendered.
#[derive(Default)]
struct Scopes {
    /// For each loop and component that is open, whether it is there.
    open: Vec<bool>,
    /// A `set` makes it so until the end.
    set: bool,
    /// Whether it is so anywhere.
    bound: bool,
    /// Whether other templates are, or may be, rendered there.
    leaks: bool,
}

impl Scopes {
    fn pass(&mut self, tag: &[Token<'_>]) {
        let binds = binds_page(tag);
        self.bound |= binds;
        match tag.first() {
            Some(Token::Word("for" | "component" | "macro")) => self.open.push(binds),
            Some(Token::Word("endfor" | "endcomponent" | "endmacro")) => _ = self.open.pop(),
            Some(Token::Word("include" | "block")) => {
                self.leaks |= self.set || self.open.contains(&true);
            }
            _ => self.set |= binds,
        }
    }
}

/// Whether a tag gives the name `page` to something else.
fn binds_page(tokens: &[Token<'_>]) -> bool {
    let page = |token: &Token<'_>| *token == Token::Word("page");
    // Also inside a list: `[page.url for page in pages]`.
    let loops = tokens.iter().enumerate().filter(|(_, token)| **token == Token::Word("for"));
    let mut names =
        loops.flat_map(|(at, _)| tokens[at..].iter().take_while(|token| **token != Token::Word("in")));
    names.any(page)
        || match tokens.first() {
            Some(Token::Word("set" | "set_global")) => tokens.get(1).is_some_and(page),
            Some(Token::Word("component" | "macro" | "import" | "with")) => tokens.iter().any(page),
            _ => false,
        }
}

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Number,
    /// What stands in quotes.
    Text(&'t str),
    Mark(char),
}

/// The pieces of the next `{{ }}` or `{% %}`, and what comes after it. Comments and raw text may hold what looks like a
/// tag: then more counts as named than need be.
fn next_tag(text: &str) -> Option<(Vec<Token<'_>>, &str)> {
    let start = text.match_indices('{').map(|(at, _)| at).find(|at| {
        let next = text.as_bytes().get(at + 1);
        matches!(next, Some(b'{' | b'%'))
    })?;
    let statement = text.as_bytes().get(start + 1) == Some(&b'%');
    let mut rest = text.get(start + 2..)?;
    let mut tokens = Vec::new();
    let mut depth = 0usize;
    while let Some(first) = rest.chars().next() {
        let size = match first {
            '%' if statement && rest.starts_with("%}") => return Some((tokens, &rest[2..])),
            '}' if !statement && depth == 0 && rest.starts_with("}}") => return Some((tokens, &rest[2..])),
            '"' | '\'' | '`' => {
                let inside = &rest[1..];
                let end = inside.find(first).unwrap_or(inside.len());
                tokens.push(Token::Text(&inside[..end]));
                (end + 2).min(rest.len())
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let word = &rest[..end];
                tokens.push(if first.is_ascii_digit() { Token::Number } else { Token::Word(word) });
                end
            }
            _ => {
                match first {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if !first.is_whitespace() {
                    tokens.push(Token::Mark(first));
                }
                first.len_utf8()
            }
        };
        rest = &rest[size..];
    }
    Some((tokens, rest))
}

/// Whether a tag asks for keys that are not written in it, in a map that may be shortened.
fn is_open(tokens: &[Token<'_>]) -> bool {
    let at = |at: usize| tokens.get(at).copied();
    tokens.iter().enumerate().any(|(here, token)| match token {
        Token::Word("__tera_context") => true,
        // `page[key]`; `pages[0]`, `page["key"]` and lists (`[a, b]`) are not meant.
        Token::Mark('[') => {
            let follows = here.checked_sub(1).and_then(at);
            let indexes =
                matches!(follows, Some(Token::Word(word)) if !["in", "if", "else", "and", "or", "not"].contains(&word))
                    || matches!(follows, Some(Token::Mark(']' | ')')));
            let known = matches!(at(here + 1), Some(Token::Text(_) | Token::Number | Token::Mark('-' | ':')));
            indexes && !known && !is_whole(root(tokens, here))
        }
        // `page | get(key=name)`.
        Token::Word("get") if at(here + 1) == Some(Token::Mark('(')) => {
            let named = tokens[here..].windows(3).any(|three| {
                matches!(three, [Token::Word("key"), Token::Mark('='), Token::Text(_)])
            });
            let piped = here.checked_sub(1).filter(|before| at(*before) == Some(Token::Mark('|')));
            !named && !is_whole(piped.and_then(|pipe| root(tokens, pipe)))
        }
        // `map(attribute=name)` and its like.
        Token::Word("attribute") => {
            at(here + 1) == Some(Token::Mark('=')) && !matches!(at(here + 2), Some(Token::Text(_)))
        }
        // `page | json`.
        Token::Word("json") => {
            let piped = here.checked_sub(1).filter(|before| at(*before) == Some(Token::Mark('|')));
            piped.and_then(|pipe| root(tokens, pipe)).is_some_and(|root| ROOTS.contains(&root))
        }
        // `for key, value in page`.
        Token::Word("for") if at(here + 2) == Some(Token::Mark(',')) => {
            matches!(at(here + 5), Some(Token::Word(root)) if ROOTS.contains(&root))
        }
        _ => false,
    })
}

fn is_whole(root: Option<&str>) -> bool {
    root.is_some_and(|root| WHOLE.contains(&root))
}

/// The first word of the path that ends before `end`: `words` in `words.stages.names`.
fn root<'t>(tokens: &[Token<'t>], end: usize) -> Option<&'t str> {
    let mut at = end.checked_sub(1)?;
    while let Some(before) = at.checked_sub(2)
        && tokens.get(at - 1) == Some(&Token::Mark('.'))
    {
        at = before;
    }
    match tokens.get(at) {
        Some(Token::Word(word)) => Some(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(template: &str) -> Named {
        Named::of([template])
    }

    #[test]
    fn only_words_of_tags_are_named() {
        let named = named(
            "<title>{{ page.title }}</title>{% if page['date'] %}{{ {\"a\": {\"b\": page.x}} | f(k=y) }}{% endif %} words",
        );
        for key in ["page", "title", "date", "a", "b", "x", "y"] {
            assert!(named.has(key), "{key}");
        }
        assert!(!named.has("words") && !named.has("content"));
    }

    #[test]
    fn what_only_a_page_tells_of_itself_is_known() {
        let length = |templates: &[&str]| Named::of(templates.iter().copied()).length();
        assert_eq!(length(&["{{ words.home }}{{ words.page.words }}"]), Length::Nobody);
        assert_eq!(length(&["{{ words.home }}{% set minutes = 3 %}{{ minutes }}"]), Length::Nobody);
        assert_eq!(length(&["{% if page.words > 100 %}{{ page.minutes }}{% endif %}"]), Length::Page);
        for other in [
            "{{ item.words }}",
            "{{ section.page.words }}",
            "{{ x | map(attribute=\"minutes\") }}",
            "{{ page[key] }}",
        ] {
            assert_eq!(length(&["{{ page.words }}", other]), Length::Anyone, "{other}");
        }
        for binding in [
            "{% for page in pages %}{% endfor %}",
            "{% for at, page in pages %}{% endfor %}",
            "{% set page = other %}",
            "{{ [page.url for page in pages] }}",
            "{% component card(page) %}{% endcomponent card %}",
        ] {
            assert_eq!(length(&[&format!("{{{{ page.words }}}}{binding}")]), Length::Anyone, "{binding}");
            assert_eq!(length(&["{{ page.words }}", binding]), Length::Page, "{binding}");
            assert_eq!(length(&[binding]), Length::Nobody, "{binding}");
        }
        for leak in [
            "{% for page in pages %}{% include \"a.html\" %}{% endfor %}",
            "{% for page in pages %}{% for x in y %}{% block a %}{% endblock %}{% endfor %}{% endfor %}",
            "{% set page = other %}{% include \"a.html\" %}",
        ] {
            assert_eq!(length(&["{{ page.words }}", leak]), Length::Anyone, "{leak}");
        }
        let harmless =
            "{% block a %}{% for page in pages %}{% endfor %}{% include \"a.html\" %}{% endblock %}";
        assert_eq!(length(&["{{ page.words }}", harmless]), Length::Page);
        assert_eq!(
            length(&["{{ page.words }}{% for x in page.tags %}{% set x = page %}{% endfor %}"]),
            Length::Page
        );
    }

    #[test]
    fn keys_worked_out_while_rendering_want_everything() {
        for template in [
            "{{ page[key] }}",
            "{{ (page)[key] }}",
            "{{ page.extra | get(key=name) }}",
            "{% for key, value in page %}{% endfor %}",
            "{{ page | json }}",
            "{{ lists.a | map(attribute=name) }}",
            "{{ __tera_context }}",
            "{% set x = pages[at] %}",
        ] {
            assert!(named(template).has("anything"), "{template}");
        }
        for template in [
            "{{ page[\"key\"] }}",
            "{{ pages[0].title }}",
            "{{ pages[1:] }}",
            "{{ words.names | get(key=name) }}",
            "{{ words.names[name] }}",
            "{{ page | get(key=\"title\") }}",
            "{% for x in [a, b] %}{% endfor %}",
            "{% for key, value in site.extra %}{% endfor %}",
            "{{ value | json }}",
            "{{ x | sort(attribute=\"far\") }}",
            "{{ ' } {% ",
        ] {
            assert!(!named(template).has("anything"), "{template}");
        }
    }
}
