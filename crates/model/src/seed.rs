//! Seeded randomness: ChaCha8, one stream for each use, derived from the run's seed by name.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A stream of random numbers that depends on nothing but the seed, its name and its number.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream for one use (`latency`, `strategy`) of one exchange or instrument.
    pub fn new(seed: u64, name: &str, number: u64) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        for (at, byte) in name.bytes().enumerate() {
            let place = 16 + at % 16;
            key[place] = key[place].rotate_left(3) ^ byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// The next whole number.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The next number from 0 (included) to 1 (left out), of 53 bits.
    pub fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number from 0 to `max`, both included, without bias worth a name.
    pub fn up_to(&mut self, max: i64) -> i64 {
        ((u128::from(self.next_u64()) * (max as u128 + 1)) >> 64) as i64
    }
}

/// A stream as where it began and how far it has come.
impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.0.get_seed(), self.0.get_word_pos() as u64).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (seed, position) = <([u8; 32], u64)>::deserialize(from)?;
        let mut random = ChaCha8Rng::from_seed(seed);
        random.set_word_pos(position.into());
        Ok(Self(random))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_was_saved_goes_on() {
        for drawn in [0, 1, 7, 1_000] {
            let mut stream = Stream::new(7, "latency", 0);
            for _ in 0..drawn {
                let _ = stream.next_u64();
            }
            let saved = serde_json::to_string(&stream).expect("saved");
            let mut restored: Stream = serde_json::from_str(&saved).expect("restored");
            assert!((0..100).all(|_| restored.next_u64() == stream.next_u64()), "after {drawn}");
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |seed, name, number| Stream::new(seed, name, number).next_u64();
        assert_eq!(first(7, "latency", 0), first(7, "latency", 0));
        assert_ne!(first(7, "latency", 0), first(8, "latency", 0));
        assert_ne!(first(7, "latency", 0), first(7, "latency", 1));
        assert_ne!(first(7, "latency", 0), first(7, "strategy", 0));
        let mut stream = Stream::new(1, "x", 0);
        assert!((0..1000).all(|_| (0.0..1.0).contains(&stream.next_f64()) && (0..=3).contains(&stream.up_to(3))));
    }
}
