//! Messages of the schemas as JSON, by the standard mapping of protobuf.

use std::sync::LazyLock;

use anyhow::Context as _;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;

static SCHEMAS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(redress_wire::FILE_DESCRIPTOR_SET)
        .expect("the descriptors are generated together with the code")
});

/// The message as JSON: names in camel case, numbers as numbers, all fields that have a value.
///
/// `name` is the message's full name, such as `redress.router.v1.Case`.
pub(crate) fn message_to_json(name: &str, message: &impl Message) -> Value {
    let descriptor = SCHEMAS
        .get_message_by_name(name)
        .expect("names are those of the schemas");
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .skip_default_fields(false);
    DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .expect("an encoded message decodes by its own schema")
        .serialize_with_options(serde_json::value::Serializer, &options)
        .expect("times and numbers of an answer can be written as JSON")
}

/// A message from JSON in the standard mapping.
///
/// # Errors
/// The JSON has another shape than the message.
pub(crate) fn message_from_json<M: Message + Default>(
    name: &str,
    json: Value,
) -> anyhow::Result<M> {
    let descriptor = SCHEMAS
        .get_message_by_name(name)
        .expect("names are those of the schemas");
    let dynamic = DynamicMessage::deserialize(descriptor, json)?;
    M::decode(dynamic.encode_to_vec().as_slice()).context("the message does not decode")
}

#[cfg(test)]
mod tests {
    use redress_wire::router::{Case, WorkOrder};

    use super::*;

    #[test]
    fn a_case_is_written_by_the_standard_mapping() {
        let case = Case {
            number: "CF20260501001".to_owned(),
            wide_impact: true,
            work_order: Some(WorkOrder {
                handler: "wang".to_owned(),
                ..WorkOrder::default()
            }),
            due_at: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: 0,
            }),
            ..Case::default()
        };
        let json = message_to_json("redress.router.v1.Case", &case);
        assert_eq!(json["wideImpact"], true);
        assert_eq!(json["workOrder"]["handler"], "wang");
        assert_eq!(json["dueAt"], "1970-01-01T00:00:00Z");
        let back: Case = message_from_json("redress.router.v1.Case", json).expect("its own JSON");
        assert_eq!(back, case);
    }
}
