//! One walk along the road, stage by stage, each measured by itself. Only this file knows the shape of the stages.
#![allow(clippy::disallowed_methods, reason = "a program that reads and removes its own files")]

use crate::bare;
use crate::clock::{Ledger, Rank::*};
use std::fs;
use std::path::Path;
use yicun::build::load::{self, Notebook, Remembered, Shelf, front_matter};
use yicun::build::memo;
use yicun::build::model::{self, Today};
use yicun::build::plan::{self, Article, Base, Job, Kitchen, Owner, Plan, Press, Pressed};
use yicun::build::publish::Publisher;
use yicun::build::render::{self, Articles, Studio};
use yicun::build::root::Root;
use yicun::build::source::{self, Role, Source};
use yicun::build::{self, Request, markdown};
use yicun::config::Config;
use yicun::digest::Digest;
use yicun::files::decode;
use yicun::kinds::{KindId, Kinds};
use yicun::problem::Problem;

/// As many contexts are in memory at a time; a build has one a thread.
const AT_A_TIME: usize = 64;

/// Goes the whole road over the site in `root`, into folders below `scratch`; says how many pages there are.
pub fn walk(root: &Path, scratch: &Path, ledger: &mut Ledger) -> usize {
    let output = scratch.join("public");
    _ = fs::remove_dir_all(&output);
    _ = fs::remove_dir_all(root.join(memo::FOLDER));
    let settings = fs::read_to_string(root.join("site.toml")).expect("site.toml");
    let (config, _) = ledger.time(Stage, "config: read `site.toml`", || Config::parse(&settings));
    let now = memo::now(root).expect("a clock");
    let (source, _) = ledger
        .time(Stage, "source: walk", || source::scan(root, std::slice::from_ref(&output), &config.theme))
        .expect("a site");
    let kinds = build::kinds(root, &config).expect("kinds");
    let id = Digest::of(b"bench");
    let (theme, _) = ledger.time(Stage, "load: theme", || load::theme(&source, &config)).expect("a theme");
    let nothing = Remembered::default();
    let gathering = load::Gathering::new(&root.join(memo::FOLDER));
    let known = Shelf { rows: &nothing, now, bodies: Some(&gathering) };
    let (loaded, remembered, _) = ledger
        .time(Stage, "load: all files", || load::load(&source, &config, &kinds, theme, known))
        .expect("rows");
    let bodies = gathering.finish();
    parts_of_load(&source, &config, &kinds, ledger);
    let notes = scratch.join("memo");
    fs::create_dir_all(&notes).expect("a folder");
    ledger.time(Stage, "memo: save", || Notebook::default().save(&notes, &id, &remembered)).expect("a memo");

    let (templates, found) =
        ledger.time(Stage, "render: compile templates", || render::compile(&loaded.theme));
    let templates = templates.unwrap_or_else(|| panic!("{found:?}"));
    let today = Today { date: jiff::civil::date(2026, 11, 22), drafts: false, future: false };
    let (address, kinds_too) = (config.clone(), kinds.clone());
    let (model, _) = ledger.time(Stage, "model: assemble", || model::assemble(loaded, config, kinds, today));
    let (plan, _) = ledger.time(Stage, "plan: outputs", || plan::plan(&model));
    let store = memo::Store::open(&scratch.join("photos"));
    let place = Root::of(&address, false);
    let studio = Studio {
        templates: &templates,
        source: &source,
        bodies: Some(&bodies),
        negatives: None,
        store: &store,
        root: &place,
        build_id: id,
        touched: None,
        explain: None,
        progress: &|_| (),
    };
    let publisher = ledger
        .time(Stage, "publish: open an empty output", || Publisher::open(&output, root))
        .expect("an output");
    ledger
        .time(Stage, "render: all outputs, staged", || render::render(&plan, &studio, &publisher))
        .expect("outputs");
    // Digests of faces are kept once made, so the parts start from a plan of their own.
    let shelf = Publisher::open(&scratch.join("parts"), root).expect("an output");
    parts_of_render(&plan::plan(&model).0, &studio, &shelf, ledger);
    drop(shelf);
    ledger.time(Stage, "publish: commit", || publisher.commit(None)).expect("a commit");

    let publisher = ledger
        .time(Beside, "publish: open and look at all that is published", || Publisher::open(&output, root))
        .expect("an output");
    let fresh = plan::plan(&model).0;
    ledger
        .time(Beside, "render: keys of all outputs, nothing to make", || {
            render::render(&fresh, &studio, &publisher)
        })
        .expect("outputs");
    ledger.time(Beside, "publish: commit of nothing", || publisher.commit(None)).expect("a commit");

    beside(root, &output, &source, &address, &kinds_too, &notes, ledger);
    bare::walk(root, &output, scratch, ledger);
    model.pages.len()
}

/// What reading a page is made of, in one thread.
fn parts_of_load(source: &Source, config: &Config, kinds: &Kinds, ledger: &mut Ledger) {
    let pages: Vec<_> = source.with_role(|role| matches!(role, Role::Content)).collect();
    let bytes: Vec<Vec<u8>> = ledger
        .time(Part, "read", || pages.iter().map(|file| file.read()).collect::<Result<_, _>>())
        .expect("files");
    let texts: Vec<_> =
        ledger.time(Part, "decode", || bytes.iter().map(|bytes| decode(bytes).text).collect());
    ledger.time(Part, "digest", || {
        texts.iter().for_each(|text| _ = std::hint::black_box(Digest::checksum(text.as_bytes())));
    });
    let fronts: Vec<_> = ledger.time(Part, "front matter", || {
        let both = pages.iter().zip(&texts);
        both.map(|(file, text)| {
            let section = file.name() == "_index.md";
            front_matter::parse(&file.path, text, kinds, kind_of(&file.path, kinds), section)
        })
        .collect()
    });
    let options = markdown::Options::of_site(config.raw_html);
    let bodies: Vec<&str> = texts
        .iter()
        .zip(&fronts)
        .map(|(text, (front, _))| text.get(front.body..).unwrap_or_default())
        .collect();
    let slots = markdown::Slots::default();
    ledger.time(Part, "Markdown: facts, and HTML up to its gaps", || {
        bodies.iter().for_each(|body| _ = std::hint::black_box(markdown::press(body, &options, &slots)));
    });
}

/// The kind that the first folder stands for.
fn kind_of(path: &str, kinds: &Kinds) -> KindId {
    let folder = path.strip_prefix("content/").and_then(|inside| inside.split_once('/'));
    folder.and_then(|(folder, _)| kinds.by_folder(folder)).unwrap_or_else(|| kinds.page())
}

/// Leaves articles out, to see what contexts cost without them.
struct Blank;

impl Press for Blank {
    fn article(&self, _: &Kitchen<'_>, _: Owner, _: &Article<'_>) -> Result<Pressed, Problem> {
        Ok(Pressed::default())
    }
}

/// What making an output is made of, in one thread.
fn parts_of_render(plan: &Plan<'_>, studio: &Studio<'_>, shelf: &Publisher, ledger: &mut Ledger) {
    let kitchen = &plan.kitchen;
    let press = Articles { studio };
    ledger.time(Part, "articles: links and pictures put into their HTML", || {
        for (id, page) in kitchen.model.visible() {
            let owner = Owner::Page(id);
            if let Some(article) = Article::new(kitchen.model, owner).filter(|_| page.has_page) {
                std::hint::black_box(press.article(kitchen, owner, &article).expect("an article"));
            }
        }
    });
    let dishes = plan.outputs.iter().filter_map(|output| match &output.job {
        Job::Page(dish) => Some((output, dish)),
        Job::Photo { .. } | Job::Bundle { .. } | Job::File { .. } => None,
    });
    let dishes: Vec<_> = dishes.collect();
    for some in dishes.chunks(AT_A_TIME) {
        let orders: Vec<_> =
            ledger.time(Part, "recipes", || some.iter().map(|(_, dish)| plan.order(dish)).collect());
        let base = Base { program: Digest::default(), address: Digest::default() };
        ledger.time(Part, "digests of recipes", || {
            orders.iter().for_each(|order| _ = std::hint::black_box(kitchen.key(order, &base, true)));
        });
        ledger.time(Part, "contexts without articles", || {
            for order in &orders {
                std::hint::black_box(kitchen.context(&order.recipe, &Blank).expect("a context"));
            }
        });
        let contexts: Vec<_> =
            orders.iter().map(|order| kitchen.context(&order.recipe, &press).expect("a context")).collect();
        let rendered: Vec<Vec<u8>> = ledger.time(Part, "templates", || {
            let each = orders.iter().zip(&contexts).map(|(order, context)| {
                let mut out = Vec::new();
                studio.templates.render(&order.template, "", context, &mut out).expect("a page");
                out
            });
            each.collect()
        });
        let settled: Vec<Vec<u8>> = ledger.time(Part, "addresses put in", || {
            let each = some.iter().zip(&rendered);
            each.map(|((output, _), bytes)| studio.root.settle(&output.path, bytes)).collect()
        });
        ledger.time(Part, "files staged", || {
            for ((output, _), bytes) in some.iter().zip(&settled) {
                shelf.put(&*output.path, studio.build_id, bytes).expect("a file");
            }
        });
    }
}

/// What next builds do, and whole builds.
fn beside(
    root: &Path,
    output: &Path,
    source: &Source,
    config: &Config,
    kinds: &Kinds,
    notes: &Path,
    ledger: &mut Ledger,
) {
    let id = Digest::of(b"bench");
    let (known, _) = ledger.time(Beside, "memo: load", || Notebook::open(notes, &id));
    let now = memo::now(root).expect("a clock");
    ledger
        .time(Beside, "load: all remembered", || {
            let theme = load::theme(source, config)?.0;
            load::load(source, config, kinds, theme, Shelf { rows: known.rows(), now, bodies: None })
        })
        .expect("rows");
    fs::remove_dir_all(output).expect("the output");
    _ = fs::remove_dir_all(root.join(memo::FOLDER));
    let request = Request::new(root, output, jiff::civil::date(2026, 11, 22));
    let whole = |ledger: &mut Ledger, name| {
        let report = ledger.time(Beside, name, || build::build(&request, &|_| ())).expect("a build");
        assert!(report.published.is_some(), "the site has faults: {:?}", report.problems);
    };
    whole(ledger, "a whole clean build");
    whole(ledger, "a whole build with nothing changed");
}
