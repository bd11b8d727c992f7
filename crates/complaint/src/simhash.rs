//! How alike two texts are, told from 64 bits each (Charikar's similarity hash).

use crate::mask::is_cjk;
use crate::phone::half_width;

/// cos(π·h/64) in thousandths for h = 0 to 32 differing bits: the share of features that two texts
/// with so many differing bits have in common. Beyond 32 there is nothing.
const COSINE_PERMILLE: [u16; 33] = [
    1000, 999, 995, 989, 981, 970, 957, 942, 924, 904, 882, 858, 831, 803, 773, 741, 707, 672, 634,
    596, 556, 514, 471, 428, 383, 337, 290, 243, 195, 147, 98, 49, 0,
];

/// Planes of the counter: up to 2^20 features, far beyond any description's bound.
const PLANES: usize = 20;

/// The similarity hash of a text: over pairs of neighbouring letters where it is Chinese, Japanese
/// or Korean, over words and pairs of words elsewhere. Case, width, blanks and punctuation do not
/// matter. 0 for a text without letters and digits.
pub fn simhash(text: &str) -> u64 {
    let mut votes = Votes::default();
    let mut before = 0;
    let mut word = None;
    for c in text.chars().map(half_width) {
        if c.is_alphanumeric() && !is_cjk(c) {
            // Case is folded for the scripts that need it; sharp s and its like may differ.
            let folded = if c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                lower(c)
            };
            word = Some(mix(word.unwrap_or(WORD) ^ u64::from(u32::from(folded))));
            continue;
        }
        if let Some(word) = word.take() {
            before = votes.feature(before, word);
        }
        if is_cjk(c) {
            before = votes.feature(before, mix(u64::from(u32::from(c))));
        }
    }
    if let Some(word) = word {
        votes.feature(before, word);
    }
    votes.majority()
}

/// How much two texts have in common, in thousandths, from their similarity hashes.
pub fn similarity_permille(a: u64, b: u64) -> u16 {
    COSINE_PERMILLE
        .get((a ^ b).count_ones() as usize)
        .copied()
        .unwrap_or(0)
}

const WORD: u64 = 0x9E37_79B9_7F4A_7C15;

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A bijection that spreads every bit (the finalizer of `SplitMix64`).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// How often each of 64 bits was set, in binary, one word per digit: adding a feature costs two
/// words on average instead of 64 counters.
#[derive(Default)]
struct Votes {
    planes: [u64; PLANES],
    count: u64,
}

impl Votes {
    /// Adds a word or letter, and the pair that it forms with the one before; gives it back.
    fn feature(&mut self, before: u64, feature: u64) -> u64 {
        if before != 0 {
            self.add(mix(before.rotate_left(23) ^ feature));
        }
        self.add(mix(feature ^ WORD));
        feature
    }

    fn add(&mut self, hash: u64) {
        if self.count >> (PLANES - 1) != 0 {
            return;
        }
        self.count += 1;
        let mut carry = hash;
        for plane in &mut self.planes {
            let both = *plane & carry;
            *plane ^= carry;
            carry = both;
            if carry == 0 {
                break;
            }
        }
    }

    /// The bits that more than half of the features had.
    fn majority(&self) -> u64 {
        let times = |bit: usize| {
            let digit = |(place, plane): (usize, &u64)| ((plane >> bit) & 1) << place;
            self.planes.iter().enumerate().map(digit).sum::<u64>()
        };
        let set = |bit: &usize| times(*bit) * 2 > self.count;
        (0..64).filter(set).fold(0, |hash, bit| hash | 1 << bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "我在五月一日购买的电饭煲使用三天后无法加热，多次联系客服没有人处理，\
                         要求退货退款并赔偿损失。包装完好，发票和订单截图都在。";

    fn alike(a: &str, b: &str) -> u16 {
        similarity_permille(simhash(a), simhash(b))
    }

    #[test]
    fn the_hash_of_a_text_never_changes() {
        assert_eq!(simhash(WORDS), 0x0F88_3DEF_4DFC_04F6);
    }

    #[test]
    fn the_same_words_in_other_clothes_are_the_same() {
        assert_eq!(alike("My Toaster, broken!", "my  toaster broken"), 1000);
        assert_eq!(alike("ＡＢＣ１２３ 坏了", "abc123坏了。"), 1000);
    }

    #[test]
    fn a_reworded_complaint_is_alike_and_another_one_is_not() {
        let reworded = WORDS.replace("多次联系客服没有人处理", "多次联系你们客服都没有人处理");
        assert!(
            alike(WORDS, &reworded) >= 900,
            "{}",
            alike(WORDS, &reworded)
        );
        let other = "快递员态度恶劣，送货上门时与家人发生争吵，希望公司道歉并加强员工培训和管理。";
        assert!(alike(WORDS, other) < 600, "{}", alike(WORDS, other));
    }

    #[test]
    fn a_text_without_letters_has_no_hash() {
        assert_eq!(simhash(""), 0);
        assert_eq!(simhash("……！！ \n"), 0);
    }

    #[test]
    fn the_table_of_cosines_is_the_cosine() {
        for (bits, permille) in COSINE_PERMILLE.iter().enumerate() {
            let cosine = (std::f64::consts::PI * bits as f64 / 64.0).cos();
            assert!(
                (cosine * 1000.0 - f64::from(*permille)).abs() <= 0.51,
                "{bits} bits"
            );
        }
    }

    #[test]
    fn counting_in_planes_is_counting() {
        let hashes: Vec<u64> = (1..2000).map(mix).collect();
        let mut votes = Votes::default();
        for hash in &hashes {
            votes.add(*hash);
        }
        for bit in 0..64 {
            let set = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
            assert_eq!(
                votes.majority() >> bit & 1 == 1,
                set * 2 > hashes.len(),
                "bit {bit}"
            );
        }
    }
}
