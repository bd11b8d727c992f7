//! The complaints of a customer in a partition.
//!
//! Most customers complain once, so their complaint's own row is all there is, and memory says
//! which one it is ([`Seen`]). From the second on, each has a row that stands with its customer's others in
//! the order of time, so that the nearest are found whatever their number.

use redress_store::Rows;
use redress_wire::intake::ComplaintRow;

use crate::{
    rows::{self, Id, OfCustomer},
    seen::{Complaints, Seen, half},
};

/// Notes a complaint under one of its customer's keys. Its own row is there already.
pub(crate) fn note(
    seen: &mut Seen,
    rows: &mut Rows,
    customer: &Id,
    (id, row): (&Id, &ComplaintRow),
) {
    let Some(seat) = rows.seat(id) else { return };
    match seen.note(customer, seat) {
        Complaints::None => return,
        Complaints::Only(first) if first == seat => return,
        Complaints::Only(first) => first_of_several(rows, customer, first),
        Complaints::Several => {}
    }
    rows::put_of_customer(rows, &OfCustomer::new(*customer, *id, row));
}

/// The customer's first complaint gets its row, under the key that it came with: another one may
/// share this half of it.
fn first_of_several(rows: &mut Rows, customer: &Id, first: u32) {
    let Some((id, row)) = rows::complaint_at(rows, first) else {
        return;
    };
    for key in keys(&row).filter(|key| half(key) == half(customer)) {
        rows::put_of_customer(rows, &OfCustomer::new(key, id, &row));
    }
}

/// The keys that a complaint's customer stands under.
pub(crate) fn keys(row: &ComplaintRow) -> impl Iterator<Item = Id> {
    row.customer
        .iter()
        .filter_map(|key| key.as_slice().try_into().ok())
}

/// Complaints of a customer, newest first, from behind the sort key `after` (empty: from the
/// newest on).
pub(crate) fn newest(
    seen: &Seen,
    rows: &Rows,
    customer: &[u8],
    after: &[u8],
    limit: usize,
) -> Vec<OfCustomer> {
    match seen.complaints(customer) {
        Complaints::None => Vec::new(),
        Complaints::Only(only) => {
            let mut found = the_only(rows, customer, only);
            found.retain(|it| it.sort_key().as_slice() > after);
            found.truncate(limit);
            found
        }
        Complaints::Several => rows::of_customer(rows, customer, after, limit),
    }
}

/// Complaints of a customer before and after the sort key `place`, so many of each at most, those
/// nearest to it.
pub(crate) fn around(
    seen: &Seen,
    rows: &Rows,
    customer: &[u8],
    place: &[u8],
    limit: usize,
) -> Vec<OfCustomer> {
    match seen.complaints(customer) {
        Complaints::None => Vec::new(),
        Complaints::Only(only) => {
            let mut found = the_only(rows, customer, only);
            found.retain(|it| it.sort_key() != place);
            found
        }
        Complaints::Several => {
            let mut found = rows::of_customer(rows, customer, place, limit);
            found.extend(rows::of_customer_since(rows, customer, place, limit));
            found
        }
    }
}

fn the_only(rows: &Rows, customer: &[u8], seat: u32) -> Vec<OfCustomer> {
    let found = rows::complaint_at(rows, seat).and_then(|(id, row)| {
        let key = keys(&row).find(|key| key == customer)?;
        Some(OfCustomer::new(key, id, &row))
    });
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given {
        seen: Seen,
        rows: Rows,
    }

    impl Given {
        fn complaints(of: &[(Id, u8)]) -> Self {
            let mut given = Self {
                seen: Seen::default(),
                rows: Rows::in_memory(),
            };
            for (customer, time) in of {
                let row = ComplaintRow {
                    received_at_us: i64::from(*time),
                    customer: vec![customer.to_vec()],
                    ..ComplaintRow::default()
                };
                let id = [*time; 16];
                rows::put_complaint(&mut given.rows, &id, &row);
                note(&mut given.seen, &mut given.rows, customer, (&id, &row));
            }
            given
        }

        fn newest(&self, customer: Id, after: &[u8]) -> Vec<i64> {
            let found = newest(&self.seen, &self.rows, &customer, after, 9);
            found.iter().map(|it| it.received_at_us).collect()
        }

        fn around(&self, customer: Id, time: u8) -> Vec<i64> {
            let place = rows::sort_key(i64::from(time), &[time; 16]);
            let found = around(&self.seen, &self.rows, &customer, &place, 9);
            found.iter().map(|it| it.received_at_us).collect()
        }
    }

    #[test]
    fn the_only_complaint_of_a_customer_needs_no_row_besides_its_own() {
        let given = Given::complaints(&[([7; 16], 3)]);
        assert!(given.rows.scan(b"u", None, 9).is_empty());
        assert_eq!(given.newest([7; 16], &[]), [3]);
        assert_eq!(
            given.newest([7; 16], &rows::sort_key(3, &[3; 16])),
            Vec::<i64>::new()
        );
        assert_eq!(given.around([7; 16], 5), [3]);
        assert_eq!(given.around([7; 16], 3), Vec::<i64>::new(), "not itself");
        assert_eq!(given.newest([8; 16], &[]), Vec::<i64>::new());
    }

    #[test]
    fn from_the_second_on_the_complaints_of_a_customer_stand_in_the_order_of_time() {
        let given = Given::complaints(&[([7; 16], 3), ([7; 16], 9), ([8; 16], 1), ([7; 16], 5)]);
        assert_eq!(given.newest([7; 16], &[]), [9, 5, 3]);
        assert_eq!(given.newest([7; 16], &rows::sort_key(5, &[5; 16])), [3]);
        assert_eq!(given.around([7; 16], 5), [3, 9]);
        assert_eq!(given.newest([8; 16], &[]), [1]);
    }

    #[test]
    fn customers_who_share_half_a_key_keep_their_own_complaints() {
        let (one, mut other) = ([7; 16], [7; 16]);
        other[15] = 8;
        let given = Given::complaints(&[(one, 3), (other, 4), (one, 5)]);
        assert_eq!(given.newest(one, &[]), [5, 3]);
        assert_eq!(given.newest(other, &[]), [4]);
        let alone = Given::complaints(&[(one, 3)]);
        assert_eq!(alone.newest(other, &[]), Vec::<i64>::new());
    }
}
