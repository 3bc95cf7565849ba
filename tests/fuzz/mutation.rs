//! Variations of an input, the same in every run. They let a test do in seconds a little of what a fuzzer does in
//! hours.

/// A pseudorandom number generator (<https://prng.di.unimi.it/splitmix64.c>). The same seed gives the same numbers.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Returns a number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides.max(1) as u64).unwrap()
    }

    fn range(&mut self, of: &[u8]) -> std::ops::Range<usize> {
        let start = self.roll(of.len());
        start..(start + 1 + self.roll(24)).min(of.len())
    }
}

/// Returns the input with one to four changes. `others` are inputs to take pieces from, and `words` are texts that have
/// a meaning in the format.
pub(crate) fn mutated(input: &[u8], others: &[Vec<u8>], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.roll(4) {
        let place = dice.range(&bytes);
        let other = &others[dice.roll(others.len())];
        let piece = other[dice.range(other)].to_vec();
        match dice.roll(6) {
            0 => drop(bytes.drain(place)),
            1 => drop(bytes.splice(place, piece)),
            2 => drop(bytes.splice(place.start..place.start, piece)),
            3 => {
                let twice = bytes[place.clone()].to_vec();
                drop(bytes.splice(place.start..place.start, twice));
            }
            4 => drop(bytes.splice(place, words[dice.roll(words.len())].bytes())),
            _ => {
                if let Some(byte) = bytes.get_mut(place.start) {
                    *byte ^= 1 << dice.roll(7);
                }
            }
        }
    }
    bytes
}
