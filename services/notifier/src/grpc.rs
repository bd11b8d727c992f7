//! `redress.notifier.v1.Notifier`: the delivery log, and retries.

use std::time::Duration;

use redress_complaint::{ComplaintId, partition_of};
use redress_log::Peers;
use redress_runtime::{Handle, Refusal, Violation};
use redress_service::{CaseName, case_name, page_size, page_token, read_page_token};
use redress_wire::{
    event::proto_time,
    notifier::{
        Command, Delivery, DeliveryRow, Found, ListDeliveriesRequest, ListDeliveriesResponse,
        Query, Retry, RetryDeliveryRequest, RetryDeliveryResponse, StateQuery, command,
        notifier_server::Notifier, query,
    },
};
use tonic::{Request, Response, Status};

use crate::{NotifierCore, words::STATES};

/// How long a retry waits for its round.
const PATIENCE: Duration = Duration::from_secs(10);

/// The gRPC service.
pub struct Door<P: Peers>(Handle<NotifierCore, P>);

impl<P: Peers> Door<P> {
    /// A door to the deliveries.
    pub fn new(handle: Handle<NotifierCore, P>) -> Self {
        Self(handle)
    }

    /// The deliveries of a case, newest first, with the partition it is in.
    async fn of_case(&self, name: CaseName) -> Result<Option<(u32, Found)>, Refusal> {
        let found = match name {
            CaseName::Id(id) => {
                let id = ComplaintId::from_bytes(id);
                let partition = partition_of(&id, self.0.partitions());
                let query = query::Query::ComplaintId(id.as_bytes().to_vec());
                let found = self
                    .0
                    .query_one(partition, &Query { query: Some(query) })
                    .await?;
                vec![(partition, found)]
            }
            CaseName::Number(number) => {
                // The number does not tell the partition.
                let query = Query {
                    query: Some(query::Query::Number(number)),
                };
                self.0.query_all(&query).await?
            }
        };
        Ok(found
            .into_iter()
            .find(|(_, found)| !found.deliveries.is_empty()))
    }

    async fn list(
        &self,
        request: ListDeliveriesRequest,
    ) -> Result<ListDeliveriesResponse, Refusal> {
        let size = page_size(request.page_size)?;
        let after = read_page_token(&request.page_token)?;
        check_state(&request.state)?;
        let found = if request.name.is_empty() {
            let query = StateQuery {
                state: request.state.clone(),
                limit: size as u32 + 1,
                after: after.clone(),
            };
            let query = Query {
                query: Some(query::Query::State(query)),
            };
            self.0.query_all(&query).await?
        } else {
            self.of_case(case_name(&request.name)?)
                .await?
                .into_iter()
                .collect()
        };
        Ok(page(found, &request.state, &after, size))
    }
}

#[tonic::async_trait]
impl<P: Peers> Notifier for Door<P> {
    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        Ok(Response::new(self.list(request.into_inner()).await?))
    }

    async fn retry_delivery(
        &self,
        request: Request<RetryDeliveryRequest>,
    ) -> Result<Response<RetryDeliveryResponse>, Status> {
        let RetryDeliveryRequest {
            notification_id,
            request_id,
        } = request.into_inner();
        let number = notification_id
            .split('-')
            .next()
            .unwrap_or_default()
            .to_owned();
        let found = self.of_case(CaseName::Number(number)).await?;
        let place = found.and_then(|(partition, found)| {
            let mut deliveries = found.deliveries.into_iter();
            let delivery = deliveries.find(|d| d.notification_id == notification_id)?;
            Some((partition, delivery.complaint_id))
        });
        let (partition, complaint_id) =
            place.ok_or_else(|| Refusal::not_found("there is no delivery with this id"))?;
        let retry = Retry {
            complaint_id,
            notification_id,
            request_id,
        };
        let command = Command {
            command: Some(command::Command::Retry(retry)),
        };
        let answer = self.0.command(partition, command, "", PATIENCE).await?;
        Ok(Response::new(RetryDeliveryResponse {
            delivery: answer.delivery.map(told),
        }))
    }
}

/// One page of what the partitions found: newest first, and nothing that is older than where a
/// partition left its search off, for there may be something in between.
fn page(
    found: Vec<(u32, Found)>,
    state: &str,
    after: &[u8],
    size: usize,
) -> ListDeliveriesResponse {
    let left_off = found
        .iter()
        .map(|(_, f)| f.resume.clone())
        .max()
        .unwrap_or_default();
    let mut rows: Vec<DeliveryRow> = found.into_iter().flat_map(|(_, f)| f.deliveries).collect();
    rows.retain(|row| {
        (state.is_empty() || row.state == state)
            && (after.is_empty() || *row.sort_key < *after)
            && (left_off.is_empty() || row.sort_key >= left_off)
    });
    rows.sort_by(|a, b| b.sort_key.cmp(&a.sort_key));
    let more = rows.len() > size;
    rows.truncate(size);
    let next = match rows.last() {
        Some(last) if more => page_token(&last.sort_key),
        _ => page_token(&left_off),
    };
    ListDeliveriesResponse {
        deliveries: rows.into_iter().map(told).collect(),
        next_page_token: next,
    }
}

fn check_state(state: &str) -> Result<(), Refusal> {
    if state.is_empty() || STATES.contains(&state) {
        return Ok(());
    }
    let violation = Violation {
        field: "state".to_owned(),
        description: format!("must be one of {}, or empty for all", STATES.join(", ")),
    };
    Err(Refusal::invalid(
        "there is no such state of a delivery",
        vec![violation],
    ))
}

fn told(row: DeliveryRow) -> Delivery {
    let complaint_id = <[u8; 16]>::try_from(row.complaint_id.as_slice())
        .map(|id| ComplaintId::from_bytes(id).to_string())
        .unwrap_or_default();
    Delivery {
        notification_id: row.notification_id,
        number: row.number,
        cause: row.cause,
        audience: row.audience,
        means: row.means,
        recipient: row.recipient,
        state: row.state,
        attempts: row.attempts,
        last_error: row.last_error,
        planned_at: Some(proto_time(row.planned_at_us)),
        finished_at: row.finished_at_us.map(proto_time),
        next_attempt_at: row.next_attempt_at_us.map(proto_time),
        complaint_id,
        clock: row.clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keys: &[u8], resume: &[u8]) -> (u32, Found) {
        let deliveries = keys.iter().map(|&key| DeliveryRow {
            sort_key: vec![key],
            notification_id: key.to_string(),
            ..DeliveryRow::default()
        });
        (
            0,
            Found {
                deliveries: deliveries.collect(),
                resume: resume.to_vec(),
                ..Found::default()
            },
        )
    }

    fn ids(page: &ListDeliveriesResponse) -> Vec<&str> {
        page.deliveries
            .iter()
            .map(|d| d.notification_id.as_str())
            .collect()
    }

    #[test]
    fn pages_follow_each_other_newest_first_across_partitions() {
        let all = || vec![found(&[9, 5, 1], &[]), found(&[8, 2], &[])];
        let first = page(all(), "", &[], 3);
        assert_eq!(ids(&first), ["9", "8", "5"]);
        let after = read_page_token(&first.next_page_token).unwrap();
        let second = page(all(), "", &after, 3);
        assert_eq!(ids(&second), ["2", "1"]);
        assert_eq!(second.next_page_token, "");
    }

    #[test]
    fn where_a_partition_left_off_the_page_ends_and_the_next_goes_on() {
        let page = page(vec![found(&[9], &[6]), found(&[8, 5], &[])], "", &[], 10);
        assert_eq!(ids(&page), ["9", "8"]);
        assert_eq!(read_page_token(&page.next_page_token).unwrap(), [6]);
    }

    #[test]
    fn a_state_that_does_not_exist_is_refused_with_those_that_do() {
        let refusal = check_state("lost").unwrap_err();
        assert!(refusal.violations[0].description.contains("given_up"));
    }
}
