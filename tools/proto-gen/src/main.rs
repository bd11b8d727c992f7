//! `make proto`: writes the code of `crates/wire/src/gen` anew.

fn main() -> std::io::Result<()> {
    redress_proto_gen::generate(&redress_proto_gen::committed())
}
