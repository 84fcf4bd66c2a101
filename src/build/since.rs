//! What can be different from what is published, where that is little: a build after a few articles were edited need not
//! ask of every other page what it is made of.
//!
//! What is published remembers of what it was made: the settings, the day, templates and words, and what each file said. If
//! that is what the memo of rows holds, the rows that were read anew are all that is different. And if each of them is the
//! same to all other pages ([`model::is_same_to_others`]), only their own pages can be, and what there is once.

use super::api::Request;
use super::load::{Length, Remembered};
use super::model::{self, Model, PageId};
use super::source::{Role, Source};
use crate::config::Config;
use crate::digest::{Digest, Digester};
use crate::files::Stamp;
use std::collections::BTreeSet;

/// All that outputs are made of besides rows and files.
pub struct Since {
    /// Nothing, if a file was changed so lately that a second change might hide behind its stamp.
    ground: Option<Digest>,
}

impl Since {
    /// Digests it.
    pub fn new(request: &Request, config: &Config, source: &Source, now: Stamp) -> Self {
        // The config holds the address; `strict` and `explain` decide nothing of what is published.
        let Request {
            root: _,
            output: _,
            base_url: _,
            today,
            drafts,
            future,
            offline,
            strict: _,
            explain: _,
        } = request;
        let mut digester = Digester::new();
        digester.digest(&super::build_id()).value(config).text(&today.to_string());
        digester.value(&(drafts, future, offline));
        let read = |role: Role| {
            matches!(role, Role::Content | Role::Table | Role::ContentFile | Role::Static | Role::Asset)
        };
        let mut settled = true;
        for file in source.files.iter().filter(|file| !read(file.role)) {
            digester.text(&file.path).number(file.stamp.size).number(file.stamp.time_ns as u64);
            settled &= file.stamp.is_settled(&now);
        }
        Since { ground: settled.then(|| digester.finish()) }
    }

    /// The digest of all that outputs are made of, with these rows and files.
    pub fn made_of(&self, rows: &Remembered) -> Option<Digest> {
        let mut digester = Digester::new();
        digester.digest(self.ground.as_ref()?);
        rows.add(&mut digester);
        Some(digester.finish())
    }

    /// The pages that alone can be different from those published, which were made of `published`; nothing if more can be.
    pub fn touched(
        &self,
        published: Option<Digest>,
        (before, now): (&Remembered, &Remembered),
        model: &Model,
    ) -> Option<BTreeSet<PageId>> {
        let published = published?;
        let articles = now.articles_since(before)?;
        let counts = model.theme.named.length() == Length::Anyone;
        if !articles.iter().all(|(old, new)| model::is_same_to_others(old, new, counts)) {
            return None;
        }
        let page = |path: &str| Some(PageId::new(model.pages.find(|page| (*page.row.path).cmp(path))?));
        let touched = articles.iter().map(|(_, new)| page(&new.path)).collect::<Option<_>>()?;
        (self.made_of(before)? == published).then_some(touched)
    }
}
