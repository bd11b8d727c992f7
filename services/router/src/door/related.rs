//! Cases that have something in common, in pages; and closed cases that are alike.

use redress_complaint::{order_key, simhash};
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_service::page_size;
use redress_wire::router::{
    CustomerKeys, FindSimilarRequest, FindSimilarResponse, ListRelatedRequest, ListRelatedResponse,
    RelatedQuery, SimilarCase, SimilarQuery, SimilarRow, list_related_request::Of as Asked, query,
    related_query::Of,
};

use super::{Caller, Desk};
use crate::{
    casebook,
    page::{merged, next_token, read_marked},
    query::wrong,
};

/// Similar cases when the caller does not say how many.
const SIMILAR: usize = 10;

impl<P: Peers> Desk<P> {
    pub(super) async fn list_related_cases(
        &self,
        asked: ListRelatedRequest,
        caller: &Caller,
    ) -> Result<ListRelatedResponse, Refusal> {
        let size = page_size(asked.page_size)?;
        let of = self.related_to(asked.of, caller).await?;
        let mut asked_of_owners = RelatedQuery {
            of: Some(of),
            limit: size as u32 + 1,
            after: Vec::new(),
        };
        let mark = mark(&asked_of_owners);
        asked_of_owners.after = read_marked(mark, &asked.page_token)?;
        let found = self.ask_all(query::Query::Related(asked_of_owners)).await?;
        let mut cases = merged(found.into_iter().map(|found| found.cases), size + 1);
        let next_page_token = next_token(mark, &mut cases, size);
        let cases = cases.into_iter().map(|row| caller.shown(row));
        Ok(ListRelatedResponse {
            cases: cases.collect(),
            next_page_token,
        })
    }

    async fn related_to(&self, asked: Option<Asked>, caller: &Caller) -> Result<Of, Refusal> {
        Ok(match asked {
            Some(Asked::BatchNo(batch)) => Of::BatchNo(batch),
            Some(Asked::OrderNo(order)) if order_key(&order).is_some() => Of::OrderNo(order),
            Some(Asked::OrderNo(_)) => {
                return Err(wrong("order_no", "must have a letter or digit"));
            }
            Some(Asked::CustomerOf(name)) => {
                let keys = self.find(&name, &caller.policy).await?.customers;
                Of::Customers(CustomerKeys { keys })
            }
            Some(Asked::Recall(name)) => {
                Of::Recall(self.find(&name, &caller.policy).await?.complaint_id)
            }
            None => {
                let of = "must be one of batch_no, order_no, customer_of, recall";
                return Err(wrong("of", of));
            }
        })
    }

    pub(super) async fn find_similar_cases(
        &self,
        asked: FindSimilarRequest,
        caller: &Caller,
    ) -> Result<FindSimilarResponse, Refusal> {
        let size = match asked.page_size {
            0 => SIMILAR,
            given => page_size(given)?,
        };
        let wanted = self.wanted(asked, size, caller).await?;
        let found = self.ask_all(query::Query::Similar(wanted)).await?;
        let mut rows: Vec<SimilarRow> = found.into_iter().flat_map(|f| f.similar).collect();
        let id = |row: &SimilarRow| row.case.as_ref().map(|case| case.complaint_id.clone());
        rows.sort_by_cached_key(|row| (std::cmp::Reverse(casebook::rank(row)), id(row)));
        rows.truncate(size);
        let similar = |row: SimilarRow| SimilarCase {
            case: row.case.map(|case| caller.shown(case)),
            similarity: f64::from(row.similarity_permille) / 1000.0,
            same_product: row.same_product,
            redress: row.redress,
        };
        Ok(FindSimilarResponse {
            cases: rows.into_iter().map(similar).collect(),
        })
    }

    async fn wanted(
        &self,
        asked: FindSimilarRequest,
        size: usize,
        caller: &Caller,
    ) -> Result<SimilarQuery, Refusal> {
        let limit = size as u32;
        if asked.name.trim().is_empty() {
            let nothing = [&asked.text, &asked.product, &asked.category];
            if nothing.iter().all(|word| word.trim().is_empty()) {
                return Err(wrong(
                    "name",
                    "must be a case, or give text, product or category",
                ));
            }
            return Ok(SimilarQuery {
                simhash: simhash(&asked.text),
                product: asked.product,
                category: asked.category,
                limit,
                except: Vec::new(),
            });
        }
        let row = self.find(&asked.name, &caller.policy).await?;
        Ok(SimilarQuery {
            simhash: row.simhash,
            product: row.product,
            category: row.category,
            limit,
            except: row.complaint_id,
        })
    }
}

/// Tells lists apart by what they are of.
fn mark(asked: &RelatedQuery) -> [u8; 4] {
    let of = RelatedQuery {
        of: asked.of.clone(),
        ..RelatedQuery::default()
    };
    let hash = blake3::hash(&prost::Message::encode_to_vec(&of));
    *hash.as_bytes().first_chunk().expect("32 bytes")
}
