//! Pages after AIP-158, one after the other, up to a limit.

use tonic::Status;

use crate::args::PageArgs;

/// The largest page that services give.
const PAGE: usize = 1000;

/// Calls `page` with a size and a token until there is no further page or the limit is reached;
/// `each` hears every entry.
pub(crate) async fn walk<T, E: From<Status>>(
    args: &PageArgs,
    mut page: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), E>,
    mut each: impl FnMut(T) -> Result<(), E>,
) -> Result<Walked, E> {
    let limit = if args.all { usize::MAX } else { args.limit };
    let (mut token, mut shown) = (String::new(), 0);
    while shown < limit {
        let size = (limit - shown).min(PAGE);
        let (entries, next) = page(size as i32, token).await?;
        for entry in entries {
            each(entry)?;
            shown += 1;
        }
        if next.is_empty() {
            return Ok(Walked { shown, more: false });
        }
        token = next;
    }
    Ok(Walked {
        shown,
        more: limit > 0,
    })
}

/// What was shown of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    pub(crate) shown: usize,
    /// There is more than was asked for.
    pub(crate) more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn walked(limit: usize, all: bool) -> (Walked, Vec<usize>) {
        let mut seen = Vec::new();
        let args = PageArgs { limit, all };
        let walked = walk::<usize, Status>(
            &args,
            async |size, token| {
                let from: usize = token.parse().unwrap_or(0);
                let to = (from + size as usize).min(2500);
                let next = if to < 2500 {
                    to.to_string()
                } else {
                    String::new()
                };
                Ok(((from..to).collect(), next))
            },
            |entry| {
                seen.push(entry);
                Ok(())
            },
        );
        let walked = walked.await.expect("no page fails");
        (walked, seen)
    }

    #[tokio::test]
    async fn a_limit_is_kept_over_pages() {
        let (walked, seen) = walked(1200, false).await;
        assert_eq!(
            walked,
            Walked {
                shown: 1200,
                more: true
            }
        );
        assert_eq!(seen, (0..1200).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn all_are_shown_when_asked_for() {
        let (walked, seen) = walked(30, true).await;
        assert_eq!(
            walked,
            Walked {
                shown: 2500,
                more: false
            }
        );
        assert_eq!(seen.len(), 2500);
    }
}
