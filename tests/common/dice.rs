//! A small generator of pseudo-random numbers (SplitMix64): the same seed gives the same throws on every machine.

/// Dice with a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of `items`.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// `count` random bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// `count` Chinese characters, with a full stop now and then.
    pub fn chinese(&mut self, count: usize) -> String {
        const WORDS: &str =
            "党建引领乡村振兴示范点支部书记村民活动主题集体经济沃柑产业红色文化服务群众网格治理";
        let characters: Vec<char> = WORDS.chars().collect();
        (0..count).map(|at| if at % 17 == 16 { '。' } else { *self.pick(&characters) }).collect()
    }
}

#[test]
fn the_same_seed_gives_the_same_throws() {
    let throw = |seed| Dice::new(seed).bytes(8);
    assert_eq!(throw(7), throw(7));
    assert_ne!(throw(7), throw(8));
}
