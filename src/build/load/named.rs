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
}

/// Maps that are never shortened; what is looked up in them need not be named.
const WHOLE: [&str; 4] = ["words", "site", "assets", "args"];
/// What a context holds by itself, and a template may take as a whole.
const ROOTS: [&str; 8] =
    ["page", "section", "lists", "paginator", "ancestors", "term", "terms", "__tera_context"];

impl Named {
    /// The words of `templates`, or everything.
    pub fn of<'t>(templates: impl IntoIterator<Item = &'t str>) -> Self {
        let mut words = BTreeSet::new();
        for template in templates {
            let mut rest = template;
            while let Some((tag, after)) = next_tag(rest) {
                rest = after;
                if is_open(&tag) {
                    return Named { words: None };
                }
                for token in tag {
                    if let Token::Word(word) | Token::Text(word) = token {
                        words.insert(XxHash3_64::oneshot(word.as_bytes()));
                    }
                }
            }
        }
        Named { words: Some(words.into_iter().collect()) }
    }

    /// Whether some template may ask for `key`.
    pub fn has(&self, key: &str) -> bool {
        let find = |words: &[u64]| words.binary_search(&XxHash3_64::oneshot(key.as_bytes())).is_ok();
        self.words.as_deref().is_none_or(find)
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
