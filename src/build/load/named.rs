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
    /// `None` where everything is wanted.
    words: Option<Words>,
    /// The names of [`ROOTS`] among them.
    roots: Vec<&'static str>,
}

/// Their hashes, sorted, since every page asks for a dozen: two words of one hash would only make contexts larger.
#[derive(Clone, Debug, Default)]
struct Words {
    all: Box<[u64]>,
    /// Those that are asked of anything else than the page whose layout it is. What only a page shows of itself is no part of
    /// what others show of it: lists need not hold it, and need not be made again when it changes.
    of_others: Box<[u64]>,
}

/// Of whom a key is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    /// Of the page whose layout it is.
    Page,
    Others,
}

/// Maps that are never shortened; what is looked up in them need not be named.
const WHOLE: [&str; 4] = ["words", "site", "assets", "args"];
/// What a context holds by itself, and a template may take as a whole.
const OPEN: [&str; 8] =
    ["page", "section", "lists", "paginator", "ancestors", "term", "terms", "__tera_context"];
/// What contexts of pages hold by itself, as far as most do: each page asks for all of it.
const ROOTS: [&str; 12] = [
    "site",
    "words",
    "assets",
    "layout",
    "current",
    "absolute",
    "section_key",
    "translations",
    "feeds",
    "page",
    "ancestors",
    "lists",
];

/// Templates whose contexts hold no page: what they ask is asked of entries of feeds, of addresses, of a picture.
const WITHOUT_PAGES: [&str; 6] =
    ["atom.xml", "feed.json", "sitemap.xml", "sitemap-index.xml", "robots.txt", "redirect.html"];

impl Named {
    /// The words of `templates` with their names, or everything.
    pub fn of<'t>(templates: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let (mut all, mut of_page, mut of_others) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut leaks = false;
        for (name, template) in templates {
            let sees_pages = !WITHOUT_PAGES.contains(&name);
            let mut scopes = Scopes::default();
            let mut own = Vec::new();
            let mut rest = template;
            while let Some((tag, after)) = next_tag(rest) {
                rest = after;
                if is_open(&tag) {
                    return Named { words: None, roots: ROOTS.to_vec() };
                }
                scopes.pass(&tag);
                for (word, whom) in asked(&tag).into_iter().filter(|_| sees_pages) {
                    match whom {
                        Whom::Page => own.push(word),
                        Whom::Others => _ = of_others.insert(word),
                    }
                }
                for token in tag {
                    match token {
                        Token::Word(word) => _ = all.insert(word),
                        // `map(attribute="date.iso")` too.
                        Token::Text(text) => all.extend(text.split('.').chain([text])),
                        Token::Number | Token::Mark(_) => {}
                    }
                }
            }
            // Where a template has another `page`, it may be that which is asked.
            if scopes.bound {
                of_others.extend(own)
            } else {
                of_page.extend(own)
            }
            leaks |= scopes.leaks;
        }
        if leaks {
            of_others.append(&mut of_page);
        }
        let hashed = |words: BTreeSet<&str>| {
            let mut hashes: Vec<u64> = words.into_iter().map(hash).collect();
            hashes.sort_unstable();
            hashes.into()
        };
        let roots = ROOTS.into_iter().filter(|root| all.contains(root)).collect();
        Named { words: Some(Words { all: hashed(all), of_others: hashed(of_others) }), roots }
    }

    /// Whether some template may ask for `key`.
    pub fn has(&self, key: &str) -> bool {
        self.words.as_ref().is_none_or(|words| words.all.binary_search(&hash(key)).is_ok())
    }

    /// Whether some template may name `root`, which contexts hold by itself.
    pub fn has_root(&self, root: &str) -> bool {
        self.roots.contains(&root) || (!ROOTS.contains(&root) && self.has(root))
    }

    /// Whether some template may ask `key` of another page than that whose layout it is.
    pub fn has_of_others(&self, key: &str) -> bool {
        self.words.as_ref().is_none_or(|words| words.of_others.binary_search(&hash(key)).is_ok())
    }
}

fn hash(word: &str) -> u64 {
    XxHash3_64::oneshot(word.as_bytes())
}

/// Every key that a tag asks of something, but those of maps that are never shortened. A name of its own (`words.home`) is none.
fn asked<'t>(tokens: &[Token<'t>]) -> Vec<(&'t str, Whom)> {
    let before = |here: usize, back: usize| here.checked_sub(back).and_then(|at| tokens.get(at)).copied();
    let dot = Some(Token::Mark('.'));
    let mut asked = Vec::new();
    for (here, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(text) => asked.extend(text.split('.').chain([*text]).map(|key| (key, Whom::Others))),
            Token::Word(word) if before(here, 1) == dot => {
                let page = before(here, 2) == Some(Token::Word("page")) && before(here, 3) != dot;
                let root = here.checked_sub(1).and_then(|dot| root(tokens, dot));
                if !is_whole(root) {
                    asked.push((*word, if page { Whom::Page } else { Whom::Others }));
                }
            }
            _ => {}
        }
    }
    asked
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
        // `{...page}`.
        Token::Mark('.') => {
            let dots = here.checked_sub(2).is_some_and(|first| tokens[first..here].iter().all(|dot| dot == token));
            let whole = !matches!(at(here + 2), Some(Token::Mark('.' | '[')));
            dots && whole && matches!(at(here + 1), Some(Token::Word(root)) if OPEN.contains(&root))
        }
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
            piped.and_then(|pipe| root(tokens, pipe)).is_some_and(|root| OPEN.contains(&root))
        }
        // `for key, value in page`.
        Token::Word("for") if at(here + 2) == Some(Token::Mark(',')) => {
            matches!(at(here + 5), Some(Token::Word(root)) if OPEN.contains(&root))
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
        Named::of([("page.html", template)])
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
        assert!(named.has_root("page") && named.has_root("date"));
        assert!(!named.has_root("words") && !named.has_root("content"));
    }

    #[test]
    fn what_only_a_page_tells_of_itself_is_known() {
        let whom = |templates: &[&str]| {
            let named = Named::of(templates.iter().map(|text| ("page.html", *text)));
            (named.has("tags"), named.has_of_others("tags"))
        };
        let (nobody, page, others) = ((false, false), (true, false), (true, true));
        assert_eq!(whom(&["{{ page.title }}"]), nobody);
        // A name, and a word of the interface.
        assert_eq!(whom(&["{{ words.nav.tags }}{% set tags = 3 %}{{ tags }}"]), page);
        assert_eq!(whom(&["{% for tag in page.tags %}{{ page.tags | length }}{% endfor %}"]), page);
        for other in [
            "{{ item.tags }}",
            "{{ section.page.tags }}",
            "{{ x | map(attribute=\"tags\") }}",
            "{{ x | map(attribute=\"tags.name\") }}",
            "{{ page[\"tags\"] }}",
            "{{ page[key] }}",
            "{{ <card {...page} /> }}",
        ] {
            assert_eq!(whom(&["{{ page.tags }}", other]), others, "{other}");
        }
        for binding in [
            "{% for page in pages %}{% endfor %}",
            "{% for at, page in pages %}{% endfor %}",
            "{% set page = other %}",
            "{{ [page.url for page in pages] }}",
            "{% component card(page) %}{% endcomponent card %}",
        ] {
            assert_eq!(whom(&[&format!("{{{{ page.tags }}}}{binding}")]), others, "{binding}");
            assert_eq!(whom(&["{{ page.tags }}", binding]), page, "{binding}");
            assert_eq!(whom(&[binding]), nobody, "{binding}");
        }
        for leak in [
            "{% for page in pages %}{% include \"a.html\" %}{% endfor %}",
            "{% for page in pages %}{% for x in y %}{% block a %}{% endblock %}{% endfor %}{% endfor %}",
            "{% set page = other %}{% include \"a.html\" %}",
        ] {
            assert_eq!(whom(&["{{ page.tags }}", leak]), others, "{leak}");
        }
        let harmless =
            "{% block a %}{% for page in pages %}{% endfor %}{% include \"a.html\" %}{% endblock %}";
        assert_eq!(whom(&["{{ page.tags }}", harmless]), page);
        // What a feed tells is no page.
        let feed = [("page.html", "{{ page.tags }}"), ("atom.xml", "{{ entry.tags }}")];
        assert!(!Named::of(feed).has_of_others("tags") && Named::of(feed).has("entry"));
        assert_eq!(whom(&["{{ page.tags }}{% for x in page.photos %}{% set x = page %}{% endfor %}"]), page);
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
            "{% set x = {...page} %}",
            "{% set x = [a, {\"b\": 1, ...page}] %}",
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
            "{% set x = {...value, \"a\": [...lists.a, ...paginator.pages[:3]]} %}",
            "{{ x | sort(attribute=\"far\") }}",
            "{{ ' } {% ",
        ] {
            assert!(!named(template).has("anything"), "{template}");
        }
    }
}
