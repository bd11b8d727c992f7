//! Which column holds what, by the names in the header.

/// Texts, the fullest first; the first one there is taken.
const TEXTS: [&str; 9] = [
    "narrative",
    "body",
    "content",
    "text",
    "text_segmented",
    "complaint",
    "description",
    "consumer_complaint_narrative",
    "message",
];
const TITLES: [&str; 3] = ["title", "subject", "topic"];
const CHANNELS: [&str; 5] = [
    "submitted_via",
    "received_via",
    "channel",
    "open_data_channel_type",
    "contact_type",
];
const KINDS: [&str; 3] = ["kind", "type", "message_type"];
const PRODUCTS: [&str; 6] = [
    "product",
    "river",
    "brand",
    "business_service",
    "agency_name",
    "product_group",
];
const MODELS: [&str; 3] = ["car_model", "model", "sub_product"];
const DATES: [&str; 10] = [
    "occurred_at",
    "date_received",
    "filed_at",
    "created",
    "created_date",
    "date_created",
    "created_at",
    "opened_at",
    "date",
    "time",
];
const PLACES: [&str; 5] = ["place", "city", "borough", "state", "location"];
const IDS: [&str; 7] = [
    "row_id",
    "request_id",
    "requestId",
    "id",
    "complaint_id",
    "number",
    "case_id",
];
/// Columns that label a row: a row without a text gets one composed of these.
const LABELS: [&str; 14] = [
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "complaint_type",
    "descriptor",
    "level1",
    "level2",
    "level3",
    "category",
    "outline",
    "label",
    "location_type",
    "symptom",
];

/// Where in a row each thing stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) id: Option<usize>,
    pub(super) text: Option<usize>,
    pub(super) title: Option<usize>,
    pub(super) channel: Option<usize>,
    pub(super) kind: Option<usize>,
    pub(super) product: Option<usize>,
    pub(super) model: Option<usize>,
    pub(super) date: Option<usize>,
    pub(super) place: Option<usize>,
    pub(super) labels: Vec<usize>,
}

impl Columns {
    /// Finds the columns; `None` if the header has nothing that a complaint could be made of.
    pub(super) fn find<'a>(header: impl Iterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<String> = header
            .map(|name| {
                name.trim()
                    .trim_start_matches('\u{feff}')
                    .to_lowercase()
                    .replace(' ', "_")
            })
            .collect();
        let at = |wanted: &str| names.iter().position(|name| name == &wanted.to_lowercase());
        let first = |wanted: &[&str]| wanted.iter().find_map(|name| at(name));
        let found = Self {
            id: first(&IDS),
            text: first(&TEXTS),
            title: first(&TITLES),
            channel: first(&CHANNELS),
            kind: first(&KINDS),
            product: first(&PRODUCTS),
            model: first(&MODELS),
            date: first(&DATES),
            place: first(&PLACES),
            labels: LABELS.iter().filter_map(|name| at(name)).collect(),
            names: names.clone(),
        };
        let useful = found.text.is_some() || found.title.is_some() || !found.labels.is_empty();
        useful.then_some(found)
    }

    /// True if the column is used for something else than a further field.
    pub(super) fn is_used(&self, index: usize) -> bool {
        let used = [
            self.id,
            self.text,
            self.title,
            self.channel,
            self.kind,
            self.product,
            self.model,
            self.date,
            self.place,
        ];
        used.contains(&Some(index))
    }

    /// Where the text is segmented: words with spaces between them, which Chinese has not.
    pub(super) fn is_segmented(&self) -> bool {
        self.text
            .is_some_and(|at| self.names[at] == "text_segmented")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &str) -> Columns {
        Columns::find(header.split(',')).expect("a complaint can be made of it")
    }

    fn name(columns: &Columns, at: Option<usize>) -> &str {
        at.map_or("", |at| &columns.names[at])
    }

    /// Header; then the columns of text, title, channel, kind, product, date.
    const HEADERS: [(&str, [&str; 6]); 15] = [
        (
            "row_id,complaint_id,date_received,date_sent_to_company,product_group,product,sub_product,issue,sub_issue,company,state,submitted_via,company_response,timely,consumer_disputed,tags,narrative,src",
            [
                "narrative",
                "",
                "submitted_via",
                "",
                "product",
                "date_received",
            ],
        ),
        ("row_id,narrative", ["narrative", "", "", "", "", ""]),
        (
            "row_id,date_received,date_sent_to_company,product_group,product,sub_product,issue,sub_issue,state,submitted_via,company_response,timely,has_narrative",
            ["", "", "submitted_via", "", "product", "date_received"],
        ),
        (
            "row_id,title,body,ticket_type,category,sub_category1,sub_category2,business_service,urgency,impact",
            ["body", "title", "", "", "business_service", ""],
        ),
        (
            "row_id,filed_at,complaint,received_via,city,state,zip,status,status_open,on_behalf",
            ["complaint", "", "received_via", "", "", "filed_at"],
        ),
        (
            "row_id,date_created,issue,state,zip",
            ["", "", "", "", "", "date_created"],
        ),
        (
            "row_id,text,category,orig_split",
            ["text", "", "", "", "", ""],
        ),
        (
            "row_id,created_date,closed_date,due_date,agency,agency_name,complaint_type,descriptor,location_type,city,borough,community_board,incident_zip,status,open_data_channel_type,resolution_description,resolution_action_updated_date",
            [
                "",
                "",
                "open_data_channel_type",
                "",
                "agency_name",
                "created_date",
            ],
        ),
        (
            "row_id,created,closed,complaint_type,borough",
            ["", "", "", "", "", "created"],
        ),
        (
            "row_id,label,text_segmented",
            ["text_segmented", "", "", "", "", ""],
        ),
        (
            "row_id,created,title,body,label,label_origin",
            ["body", "title", "", "", "", "created"],
        ),
        ("row_id,level1,level2,level3", ["", "", "", "", "", ""]),
        (
            "row_id,date,type,channel,river,title,body,reply,transfers,days_to_final_reply,anonymous",
            ["body", "title", "channel", "type", "river", "date"],
        ),
        (
            "row_id,content,outline,outline_l1,outline_class1,outline_class2,outline_class3",
            ["content", "", "", "", "", ""],
        ),
        (
            "row_id,date,brand,car_model,model,text,problem_codes,main_code_letter,status",
            ["text", "", "", "", "brand", "date"],
        ),
    ];

    #[test]
    fn the_columns_of_known_files_are_found_by_their_names() {
        for (header, wanted) in HEADERS {
            let c = find(header);
            let found = [c.text, c.title, c.channel, c.kind, c.product, c.date];
            assert_eq!(found.map(|at| name(&c, at)), wanted, "{header}");
            assert_eq!(name(&c, c.id), "row_id", "{header}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_capitals_do_not_matter() {
        let columns = find("\u{feff}Row_ID,Narrative,Date Received");
        assert_eq!(
            (columns.id, columns.text, columns.date),
            (Some(0), Some(1), Some(2))
        );
    }

    #[test]
    fn a_header_without_any_text_or_label_is_not_taken() {
        assert_eq!(
            Columns::find(["case_id", "seq", "completed_at"].into_iter()),
            None
        );
    }
}
