//! Photos between decoding and encoding: who looks at a page waits for the copies that the browser asks for, not for all.
//!
//! A photo that is asked for by several at once is decoded once. What is made here is kept in memory alone, as much of it as has
//! room; the photo store holds photos with all their copies, and is filled by [`super::photos`].

use super::{Studio, bytes_of};
use crate::build::model::MediaId;
use crate::build::photo::{Look, Negative, Scratch};
use crate::build::plan::Plan;
use crate::build::publish::Fault;
use crate::digest::Digest;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What is kept takes at most so many bytes, or is but one photo.
const MOST: usize = 96 << 20;

/// The photos that were asked for last, the newest at the end.
#[derive(Clone, Default)]
pub struct Negatives(Arc<Mutex<Entries>>);

type Entries = Vec<(Digest, Arc<Entry>)>;

/// A photo that is decoded by whoever comes first; the others wait.
#[derive(Default)]
struct Entry {
    negative: Mutex<Option<Arc<Sheet>>>,
}

/// A decoded photo, and the copies that were asked for, by number.
struct Sheet {
    negative: Negative,
    copies: Vec<OnceLock<Vec<u8>>>,
}

impl Negatives {
    /// How a photo looks.
    pub(super) fn look(
        &self,
        plan: &Plan<'_>,
        studio: &Studio<'_>,
        key: Digest,
        media: MediaId,
    ) -> Result<Look, Fault> {
        Ok(self.sheet(plan, studio, key, media)?.negative.look())
    }

    /// The copy with this number; nothing if there is no such copy.
    pub(super) fn copy(
        &self,
        plan: &Plan<'_>,
        studio: &Studio<'_>,
        key: Digest,
        media: MediaId,
        at: usize,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let sheet = self.sheet(plan, studio, key, media)?;
        let Some(copy) = sheet.copies.get(at) else { return Ok(None) };
        if let Some(bytes) = copy.get() {
            return Ok(Some(bytes.clone()));
        }
        let made = sheet.negative.encode(at, &plan.kitchen.photos);
        let bytes = made.map_err(|fault| fault.problem(&plan.kitchen.model.library.get(media).path))?;
        Ok(Some(copy.get_or_init(|| bytes).clone()))
    }

    fn sheet(
        &self,
        plan: &Plan<'_>,
        studio: &Studio<'_>,
        key: Digest,
        media: MediaId,
    ) -> Result<Arc<Sheet>, Fault> {
        let entry = self.entry(key);
        let mut negative = entry.negative.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sheet) = &*negative {
            return Ok(Arc::clone(sheet));
        }
        let bytes = bytes_of(plan, studio, media)?;
        let made = Negative::of(&bytes, &plan.kitchen.photos, &Scratch::default())
            .map_err(|fault| fault.problem(&plan.kitchen.model.library.get(media).path))?;
        let copies = made.count();
        let copies = std::iter::repeat_with(OnceLock::new).take(copies).collect();
        let sheet = Arc::new(Sheet { negative: made, copies });
        *negative = Some(Arc::clone(&sheet));
        drop(negative);
        self.make_room();
        Ok(sheet)
    }

    fn entry(&self, key: Digest) -> Arc<Entry> {
        let mut all = self.lock();
        let known = all.iter().position(|(other, _)| *other == key).map(|at| all.remove(at).1);
        let entry = known.unwrap_or_default();
        all.push((key, Arc::clone(&entry)));
        entry
    }

    /// Forgets those that nobody asked for longest.
    fn make_room(&self) {
        let mut all = self.lock();
        let mut room = MOST;
        let mut first = all.len();
        for (at, (_, entry)) in all.iter().enumerate().rev() {
            // One that is being decoded has no size yet.
            let size = entry.negative.try_lock().ok();
            let size = size.and_then(|sheet| sheet.as_ref().map(|sheet| sheet.negative.size())).unwrap_or(0);
            if size > room && at + 1 < all.len() {
                break;
            }
            room = room.saturating_sub(size);
            first = at;
        }
        all.drain(..first);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
