//! load: bytes → rows. In come [`Source`] and the theme, out goes [`Loaded`]: one [`Row`] a page and a record of a table, one [`Media`] for each other file,
//! and the theme. Only what changed since the memo was made is read; what comes out is the same either way.

mod again;
mod aside;
mod bodies;
mod captions;
mod changed;
mod embedded;
pub mod front_matter;
mod media;
mod named;
mod notebook;
mod options;
mod page;
mod row;
mod table;
mod texts;
mod theme;

pub use again::{Different, Reread};
pub use bodies::{Bodies, Gathering};
pub use captions::{Caption, Focus, PhotoList};
pub use changed::News;
pub use embedded::{DEFAULT_TEMPLATES, theme as embedded_theme};
pub use media::{Media, extension, is_picture};
pub use named::Named;
pub use notebook::Notebook;
pub use row::{ComponentUse, Facts, Image, Row};
pub use texts::Texts;
pub use theme::{ComponentSpec, ListSpec, Theme, Words, load as theme};

use crate::build::markdown;
use crate::build::source::{Role, Source, SourceFile};
use crate::digest::{Digest, Digester};
use crate::files::{Failure, Stamp, Stored};
use crate::kinds::Kinds;
use crate::problem::{Place, Problem};
use crate::{config::Config, parallel};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;
use table::Table;

/// The site in typed form, nothing resolved yet.
#[derive(Debug)]
pub struct Loaded {
    /// Sorted by path.
    pub rows: Vec<Arc<Row>>,
    /// Sorted by path; those of an embedded theme at the end.
    pub media: Vec<Arc<Media>>,
    /// Templates, words and lists.
    pub theme: Theme,
}

/// Rows and media of an earlier build, by path.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Remembered {
    /// Digest of what rows depend on besides their file: kinds, options.
    recipe: Digest,
    #[serde(deserialize_with = "stamped")]
    rows: Vec<(Stamp, Arc<Row>)>,
    tables: Vec<(Stamp, Arc<Table>)>,
    media: Vec<(Stamp, Arc<Media>)>,
    /// The files that hold what only few ask of the rows.
    #[serde(skip)]
    stored: Vec<Arc<Stored>>,
}

/// Reads each where it stays; serde makes a `Box` first, and copies it.
fn stamped<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<(Stamp, Arc<T>)>, D::Error> {
    struct Shared<T>(Arc<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            T::deserialize(deserializer).map(|value| Shared(Arc::new(value)))
        }
    }

    let all = Vec::<(Stamp, Shared<T>)>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|(stamp, Shared(value))| (stamp, value)).collect())
}

/// What load has besides the site.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'s> {
    /// What earlier builds read.
    pub rows: &'s Remembered,
    /// The stamp of a file written just before the walk: what was changed about as late is read again next time, since a
    /// second change might leave size and time as they are.
    pub now: Stamp,
    /// Where the HTML of what is read is put, if somebody will want it soon.
    pub bodies: Option<&'s Gathering>,
}

/// Reads everything that the shelf does not hold yet.
pub fn load(
    source: &Source,
    config: &Config,
    kinds: &Kinds,
    theme: Theme,
    Shelf { rows: memo, now, bodies }: Shelf<'_>,
) -> Result<(Loaded, Remembered, Vec<Problem>), Failure> {
    let options = markdown::Options::of_site(config.raw_html);
    let codes: Vec<&str> = config.languages().map(|(_, language)| language.code.as_str()).collect();
    let recipe = Digester::new().value(kinds).value(&(config.raw_html, config.slugs)).value(&codes).finish();
    let (known_rows, known_tables) =
        if memo.recipe == recipe { (&memo.rows[..], &memo.tables[..]) } else { Default::default() };

    // A page in a language that the site has not can stand nowhere.
    let foreign = |file: &SourceFile| row::FileName::of(&file.path, config).foreign.map(str::to_owned);
    let all = source.with_role(|role| matches!(role, Role::Content));
    let (left_out, pages): (Vec<&SourceFile>, Vec<&SourceFile>) =
        all.partition(|file| foreign(file).is_some());
    let rows = remember(
        &pages,
        known_rows,
        |row: &Row| &row.path,
        |file| again::read(file, (kinds, config), &options, bodies),
    )?;

    let files: Vec<&SourceFile> = source.with_role(|role| matches!(role, Role::Table)).collect();
    let tables = remember(
        &files,
        known_tables,
        |table: &Table| &table.path,
        |file| Ok(table::read(&file.path, &file.read()?, kinds, config)),
    )?;

    let others: Vec<&SourceFile> =
        source.with_role(|role| matches!(role, Role::ContentFile | Role::Static | Role::Asset)).collect();
    let media = remember(
        &others,
        &memo.media,
        |media: &Media| &media.path,
        |file| Ok(Media::read(&file.path, &file.read()?)),
    )?;

    let undeclared = |file: &&SourceFile| {
        let language = foreign(file).unwrap_or_default();
        Problem::new("language-undeclared").arg("language", language).at(Place::file(&*file.path))
    };
    let mut problems: Vec<Problem> = left_out.iter().map(undeclared).collect();
    let read: Vec<Arc<Table>> = tables.iter().map(|(_, table)| Arc::clone(table)).collect();
    problems.extend(read.iter().flat_map(|table| table.problems.iter().cloned()));
    let (merged, found) = table::merge(rows.iter().map(|(_, row)| Arc::clone(row)).collect(), &read, kinds);
    problems.extend(found);
    problems.extend(merged.iter().flat_map(|row| row.problems.iter().cloned()));
    problems.extend(media.iter().flat_map(|(_, media)| media.problems.iter().cloned()));
    let loaded = Loaded {
        rows: merged,
        media: media
            .iter()
            .map(|(_, media)| Arc::clone(media))
            .chain(theme::embedded_media(source, config))
            .collect(),
        theme,
    };
    let rows = rows.into_iter().map(|(stamp, row)| (settled(stamp, now), row)).collect();
    let media = media.into_iter().map(|(stamp, media)| (settled(stamp, now), media)).collect();
    let tables = tables.into_iter().map(|(stamp, table)| (settled(stamp, now), table)).collect();
    let stored = memo.stored.clone();
    Ok((loaded, Remembered { recipe, rows, tables, media, stored }, problems))
}

/// The stamp, if it can be trusted the next time.
fn settled(stamp: Stamp, now: Stamp) -> Stamp {
    if stamp.is_settled(&now) { stamp } else { Stamp::UNKNOWN }
}

/// For each file what is known of it, from memory where its stamp is the same, else by `read`. Both stand in the order of
/// paths.
fn remember<T: Send + Sync>(
    files: &[&SourceFile],
    known: &[(Stamp, Arc<T>)],
    path: impl Fn(&T) -> &str,
    read: impl Fn(&SourceFile) -> Result<T, Failure> + Sync + Send,
) -> Result<Vec<(Stamp, Arc<T>)>, Failure> {
    let mut rest = known.iter().peekable();
    let mut recall = |file: &SourceFile| {
        while rest.next_if(|(_, value)| *path(value) < *file.path).is_some() {}
        let same = |(stamp, value): &&(Stamp, Arc<T>)| *stamp == file.stamp && path(value) == &*file.path;
        rest.next_if(same).cloned()
    };
    let mut found: Vec<Option<(Stamp, Arc<T>)>> = files.iter().map(|file| recall(file)).collect();
    let missing: Vec<usize> = (0..files.len()).filter(|&at| found[at].is_none()).collect();
    let fresh = parallel::try_map(&missing, |&at| {
        read(files[at]).map(|value| (at, (files[at].stamp, Arc::new(value))))
    })?;
    for (at, value) in fresh {
        found[at] = Some(value);
    }
    Ok(found.into_iter().flatten().collect())
}
