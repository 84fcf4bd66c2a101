//! The shape of a picture as a class name, so that a page can keep its place before it is loaded.
//!
//! `style` attributes are not used, so a theme's CSS has one rule for each of a small set of classes.

/// The finest step is a twentieth, as good as the eye sees on wide pictures.
const STEP: u64 = 5;
const NARROWEST: u64 = 25;
const WIDEST: u64 = 400;

/// The class of a picture: `r-` and 100 × width ÷ height, rounded to the nearest 5 (halves up) and kept within
/// 25–400: `r-150` is 3:2, `r-135` stands for 4:3, `r-55` for 9:16. A picture without a height is square.
pub fn ratio_class(width: u32, height: u32) -> String {
    let (width, height) = if height == 0 { (1, 1) } else { (u64::from(width), u64::from(height)) };
    let steps = (width * 100 * 2 + height * STEP) / (height * STEP * 2);
    format!("r-{}", (steps * STEP).clamp(NARROWEST, WIDEST))
}

/// All numbers that a class can have, ascending; CSS: `.r-150 { aspect-ratio: 150 / 100 }`.
pub fn ratio_classes() -> Vec<u32> {
    (25..=400).step_by(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_have_classes() {
        for ((width, height), class) in [
            ((1600, 1067), "r-150"),
            ((4000, 3000), "r-135"),
            ((3000, 4000), "r-75"),
            ((1920, 1080), "r-180"),
            ((1080, 1920), "r-55"),
            ((1000, 1000), "r-100"),
            ((30_000, 1), "r-400"),
            ((1, 30_000), "r-25"),
            ((5, 0), "r-100"),
            ((u32::MAX, 1), "r-400"),
        ] {
            assert_eq!(ratio_class(width, height), class);
        }
    }

    #[test]
    fn every_class_is_listed() {
        let classes = ratio_classes();
        assert_eq!((classes.len(), classes[0], classes[75]), (76, 25, 400));
        for width in 1..500 {
            let class = ratio_class(width, 100);
            assert!(classes.contains(&class[2..].parse().unwrap()), "{class}");
        }
    }
}
