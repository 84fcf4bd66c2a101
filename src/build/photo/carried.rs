//! What a photo carries about the people who made it, and how much of that was taken away from a site's photos.
//!
//! Nothing of it is published: copies hold nothing but pixels, and what is published as it is goes through
//! [`super::strip()`]. This only lets a build tell what it removed.

use exif::{Context, Exif, Field, In, Tag};
use serde::{Deserialize, Serialize};

/// Sorts of personal data in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Where it was taken.
    pub place: bool,
    /// Camera or phone: maker, model, program, serial numbers.
    pub device: bool,
    /// A name: of the photographer, the owner, a person shown.
    pub person: bool,
    /// A maker's own block, comments, a thumbnail, which may show what was cut off.
    pub other: bool,
}

/// How many published photos carried what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// With any of it.
    pub photos: usize,
    /// With a position.
    pub places: usize,
    /// With data of a device.
    pub devices: usize,
    /// With a name.
    pub people: usize,
}

impl Carried {
    /// Whether it is nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Carried::default()
    }

    pub(super) fn of_exif(exif: &Exif) -> Self {
        let any = |test: fn(&Field) -> bool| exif.fields().any(test);
        Carried {
            // A camera with positioning switched off still writes the block's version.
            place: any(|field| field.tag.context() == Context::Gps && PLACES.contains(&field.tag)),
            device: any(|field| DEVICES.contains(&field.tag)),
            person: any(|field| PEOPLE.contains(&field.tag)),
            other: any(|field| {
                matches!(field.tag, Tag::MakerNote | Tag::UserComment) || field.ifd_num == In::THUMBNAIL
            }),
        }
    }

    /// By the names in an XMP packet.
    pub(super) fn of_xmp(packet: &[u8]) -> Self {
        let names = |needles: &[&str]| {
            needles.iter().any(|needle| memchr::memmem::find(packet, needle.as_bytes()).is_some())
        };
        Carried {
            place: names(&["GPSLatitude", "Iptc4xmpCore:Location", "photoshop:City"]),
            device: names(&["SerialNumber", "tiff:Model", "xmp:CreatorTool"]),
            person: names(&["dc:creator", "dc:rights", "PersonInImage", "OwnerName"]),
            other: true,
        }
    }

    /// By what stands in a block of IPTC records, as picture agencies and Photoshop write them.
    pub(super) fn of_iptc(block: &[u8]) -> Self {
        // A record begins with 1C, its group (2 is that of the application) and its number.
        let holds = |numbers: &[u8]| {
            memchr::memmem::find_iter(block, b"\x1C\x02")
                .any(|at| block.get(at + 2).is_some_and(|number| numbers.contains(number)))
        };
        Carried {
            place: holds(&[26, 27, 90, 92, 95, 100, 101]),
            device: holds(&[65]),
            person: holds(&[80, 85, 110, 116, 118, 122]),
            other: true,
        }
    }

    /// By the keyword of a text in a PNG.
    pub(super) fn of_text(keyword: &[u8]) -> Self {
        let is = |words: &[&str]| words.iter().any(|word| keyword.eq_ignore_ascii_case(word.as_bytes()));
        Carried {
            place: false,
            device: is(&["Software", "Source"]),
            person: is(&["Author", "Copyright"]),
            other: true,
        }
    }

    /// By a comment, a preview or bytes behind the picture, of which nothing more is known.
    pub(super) fn unknown() -> Self {
        Carried { other: true, ..Carried::default() }
    }

    pub(super) fn and(self, more: Carried) -> Self {
        Carried {
            place: self.place || more.place,
            device: self.device || more.device,
            person: self.person || more.person,
            other: self.other || more.other,
        }
    }
}

impl Removed {
    /// Counts one more photo.
    pub fn count(&mut self, carried: Carried) {
        self.photos += usize::from(!carried.is_nothing());
        self.places += usize::from(carried.place);
        self.devices += usize::from(carried.device);
        self.people += usize::from(carried.person);
    }
}

const PLACES: [Tag; 5] = [
    Tag::GPSLatitude,
    Tag::GPSLongitude,
    Tag::GPSDestLatitude,
    Tag::GPSDestLongitude,
    Tag::GPSAreaInformation,
];

const DEVICES: [Tag; 8] = [
    Tag::Make,
    Tag::Model,
    Tag::Software,
    Tag::BodySerialNumber,
    Tag::LensSerialNumber,
    Tag::LensModel,
    Tag::LensMake,
    Tag::ImageUniqueID,
];

const PEOPLE: [Tag; 3] = [Tag::Artist, Tag::Copyright, Tag::CameraOwnerName];
