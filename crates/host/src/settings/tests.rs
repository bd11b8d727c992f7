use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;

/// Settings of a service of its own kind.
#[derive(Debug, Clone, PartialEq, clap::Args)]
struct Mail {
    /// Where mail is handed over
    #[arg(long, default_value = "smtp://127.0.0.1:25")]
    smtp_url: String,
    /// Tries before giving up
    #[arg(long, default_value_t = 5)]
    tries: u16,
    /// Say what would be sent
    #[arg(long)]
    dry_run: bool,
    /// Receivers
    #[arg(long)]
    hook: Vec<String>,
}

fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn parse(flags: &[&str], pairs: &[(&str, &str)]) -> Result<Settings<Mail>, Unparsed> {
    let argv = ["notifier"].iter().chain(flags).copied();
    Settings::parse(&Profile::NOTIFIER, argv, &env(pairs))
}

fn parse_file(
    text: &str,
    flags: &[&str],
    pairs: &[(&str, &str)],
) -> Result<Settings<Mail>, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("redress.toml");
    fs::write(&path, text).unwrap();
    let config = format!("--config={}", path.display());
    let flags: Vec<_> = flags.iter().copied().chain([config.as_str()]).collect();
    let shorten = |e: Unparsed| {
        e.to_string()
            .replace(&format!("{}/", dir.path().display()), "")
    };
    parse(&flags, pairs).map_err(shorten)
}

fn refusal(flags: &[&str], pairs: &[(&str, &str)]) -> String {
    let line = parse(flags, pairs).unwrap_err().to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

#[test]
fn without_any_setting_the_defaults_suit_one_machine() {
    let settings = parse(&[], &[]).unwrap();
    assert_eq!(settings.shared.nats_url, "nats://127.0.0.1:4222");
    assert_eq!(settings.shared.grpc_addr.to_string(), "127.0.0.1:50054");
    assert_eq!(settings.shared.admin_addr.to_string(), "127.0.0.1:9104");
    assert_eq!(settings.shared.partitions, None);
    assert_eq!(settings.shared.replicas, 1);
    assert_eq!(settings.store_dir(), Path::new("data/notifier"));
    assert_eq!(settings.own.tries, 5);
    assert_eq!(settings.origin("nats_url"), Origin::Default);
}

#[test]
fn the_default_ports_are_those_of_the_contract() {
    for (profile, n) in Profile::ALL.iter().zip(1..) {
        assert_eq!(profile.grpc_addr, format!("127.0.0.1:{}", 50050 + n));
        assert_eq!(profile.admin_addr, format!("127.0.0.1:{}", 9100 + n));
    }
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "partitions = 4\nreplicas = 3\nlinger_ms = 7";
    let environment = [("REDRESS_PARTITIONS", "8"), ("REDRESS_REPLICAS", "5")];
    let settings = parse_file(file, &["--partitions", "16"], &environment).unwrap();
    assert_eq!(settings.shared.partitions, Some(16));
    assert_eq!(settings.shared.replicas, 5);
    assert_eq!(settings.shared.linger_ms, Some(7));
    assert_eq!(settings.shared.sled_cache_mib, 8);
    assert_eq!(settings.origin("partitions"), Origin::Flag);
    assert_eq!(settings.origin("replicas"), Origin::Environment);
    assert!(matches!(
        settings.origin("linger_ms"),
        Origin::File { line: 3, .. }
    ));
}

#[test]
fn the_file_can_be_named_by_a_variable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("redress.toml");
    fs::write(&path, "replicas = 3").unwrap();
    let settings = parse(&[], &[("REDRESS_CONFIG", path.to_str().unwrap())]).unwrap();
    assert_eq!(settings.shared.replicas, 3);
}

#[test]
fn a_section_of_the_file_counts_for_its_service_alone() {
    let file = "replicas = 3\n[notifier]\nreplicas = 5\nsmtp_url = \"smtp://mail\"\n\
                [intake]\nanything = 1";
    let settings = parse_file(file, &[], &[]).unwrap();
    assert_eq!(settings.shared.replicas, 5);
    assert_eq!(settings.own.smtp_url, "smtp://mail");
}

#[test]
fn a_service_has_settings_of_its_own_in_every_layer() {
    let file = "tries = 2\ndry_run = true\nhook = [\"a\", \"b\"]";
    let settings = parse_file(file, &["--smtp-url=smtp://x"], &[("REDRESS_TRIES", "3")]).unwrap();
    assert_eq!(settings.own.smtp_url, "smtp://x");
    assert_eq!(settings.own.tries, 3);
    assert!(settings.own.dry_run);
    assert_eq!(settings.own.hook, ["a", "b"]);
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let settings = parse(&[], &[("REDRESS_OTLP_ENDPOINT", "")]).unwrap();
    assert_eq!(settings.shared.otlp_endpoint, None);
}

#[test]
fn a_switch_is_set_with_or_without_a_value() {
    assert!(
        parse(&["--tolerate-no-sync"], &[])
            .unwrap()
            .shared
            .tolerate_no_sync
    );
    assert!(
        !parse(&["--tolerate-no-sync=false"], &[])
            .unwrap()
            .shared
            .tolerate_no_sync
    );
    let on = [("REDRESS_TOLERATE_NO_SYNC", "true")];
    assert!(parse(&[], &on).unwrap().shared.tolerate_no_sync);
    assert!(
        !parse(&["--tolerate-no-sync=false"], &on)
            .unwrap()
            .shared
            .tolerate_no_sync
    );
}

#[test]
fn a_wrong_flag_is_named_with_its_value_and_what_is_allowed() {
    assert_eq!(
        refusal(&["--partitions", "0"], &[]),
        "REDRESS_PARTITIONS 0 (flag): must be a whole number from 1 to 256"
    );
}

#[test]
fn a_wrong_variable_is_named_with_its_value_and_what_is_allowed() {
    let says = |name, value| refusal(&[], &[(name, value)]);
    let from = "(environment variable): must be";
    assert_eq!(
        says("REDRESS_PARTITIONS", "257"),
        format!("REDRESS_PARTITIONS 257 {from} a whole number from 1 to 256")
    );
    assert_eq!(
        says("REDRESS_REPLICAS", "2"),
        format!("REDRESS_REPLICAS 2 {from} 1, 3 or 5")
    );
    assert_eq!(
        says("REDRESS_LOG_FORMAT", "xml"),
        format!("REDRESS_LOG_FORMAT xml {from} one of: json, text")
    );
    assert_eq!(
        says("REDRESS_GRPC_ADDR", "127.0.0.1:99999"),
        format!(
            "REDRESS_GRPC_ADDR 127.0.0.1:99999 {from} an IP address and a port (0 to 65535) \
             such as 127.0.0.1:50051"
        )
    );
    for (name, value) in [
        ("REDRESS_NATS_URL", "http://broker"),
        ("REDRESS_OTLP_ENDPOINT", "collector:4317"),
        ("REDRESS_INSTANCE", "a.b"),
        ("REDRESS_LINGER_MS", "-1"),
        ("REDRESS_SLED_CACHE_MIB", "0"),
        ("REDRESS_TOLERATE_NO_SYNC", "maybe"),
        ("REDRESS_LOG", "redress=loud"),
        ("REDRESS_DRY_RUN", "perhaps"),
    ] {
        let line = says(name, value);
        assert!(
            line.starts_with(&format!("{name} {value} {from} ")),
            "{line}"
        );
    }
}

#[test]
fn a_wrong_value_in_the_file_is_named_with_its_line() {
    assert_eq!(
        parse_file("# installation\nreplicas = 3\npartitions = 0\n", &[], &[]).unwrap_err(),
        "REDRESS_PARTITIONS 0 (redress.toml:3): must be a whole number from 1 to 256"
    );
    assert_eq!(
        parse_file("partitions = [1, 2]", &[], &[]).unwrap_err(),
        "REDRESS_PARTITIONS 1,2 (redress.toml:1): must be a single value, not a list"
    );
    assert_eq!(
        parse_file("partitions = 1979-05-27", &[], &[]).unwrap_err(),
        "partitions (redress.toml:1): must be a text, a number or true/false, not a datetime"
    );
}

#[test]
fn an_unknown_key_of_the_file_is_refused_with_a_guess() {
    assert_eq!(
        parse_file("replicas = 1\nnats_urls = \"x\"", &[], &[]).unwrap_err(),
        "nats_urls (redress.toml:2): is not a setting; did you mean nats_url?"
    );
    assert_eq!(
        parse_file("[notifier]\nzzz = 1", &[], &[]).unwrap_err(),
        "zzz (redress.toml:2): is not a setting; --help lists all of them"
    );
    assert_eq!(
        parse_file("config = \"other.toml\"", &[], &[]).unwrap_err(),
        "config (redress.toml:1): is not a setting; --help lists all of them"
    );
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_its_line() {
    let line = parse_file("replicas = 1\npartitions = = 2", &[], &[]).unwrap_err();
    assert!(
        line.starts_with("settings file (redress.toml:2): is not TOML: "),
        "{line}"
    );
}

#[test]
fn a_file_that_is_absent_is_refused() {
    let line = refusal(&["--config=/nowhere/redress.toml"], &[]);
    assert!(
        line.starts_with("REDRESS_CONFIG /nowhere/redress.toml (flag): must be"),
        "{line}"
    );
}

#[test]
fn an_unknown_flag_is_refused_with_a_guess() {
    let line = refusal(&["--partition=3"], &[]);
    assert_eq!(
        line,
        "--partition (flag): is not a setting; did you mean --partitions?"
    );
}

#[test]
fn an_unknown_variable_is_a_remark_only() {
    let settings = parse(&[], &[("REDRESS_PARTITION", "3"), ("OTHER", "x")]).unwrap();
    assert_eq!(
        settings.remarks(),
        ["REDRESS_PARTITION is not a setting of this service; did you mean REDRESS_PARTITIONS?"]
    );
}

#[test]
fn a_password_without_a_user_is_refused_and_not_shown() {
    let line = refusal(&[], &[("REDRESS_NATS_PASSWORD", "hunter2")]);
    assert_eq!(
        line,
        "REDRESS_NATS_PASSWORD (environment variable): needs REDRESS_NATS_USER as well"
    );
}

#[test]
fn secrets_are_never_printed() {
    let environment = [
        ("REDRESS_NATS_USER", "intake"),
        ("REDRESS_NATS_PASSWORD", "hunter2"),
    ];
    let settings = parse(&[], &environment).unwrap();
    assert_eq!(
        settings.shared.nats_password.as_ref().unwrap().expose(),
        "hunter2"
    );
    assert!(!format!("{settings:?}").contains("hunter2"));
    let line = refusal(&["--nats-url=http://user:hunter2@broker"], &[]);
    assert!(!line.contains("hunter2"), "{line}");
}

#[test]
fn a_data_directory_that_cannot_be_created_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let value = file.to_str().unwrap();
    let settings = parse(&[], &[("REDRESS_DATA_DIR", value)]).unwrap();
    let line = settings.check_paths().unwrap_err().to_string();
    let start = format!("REDRESS_DATA_DIR {value} (environment variable): cannot be created: ");
    assert!(line.starts_with(&start), "{line}");
}

#[test]
fn a_policy_directory_that_does_not_exist_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = format!("--data-dir={}", dir.path().display());
    let settings = parse(&[&data, "--policy-dir=/nowhere"], &[]).unwrap();
    let line = settings.check_paths().unwrap_err().to_string();
    assert!(
        line.starts_with("REDRESS_POLICY_DIR /nowhere (flag): must be a directory"),
        "{line}"
    );
}

#[test]
fn help_names_the_variables() {
    let Err(Unparsed::Help(help)) = parse(&["--help"], &[]) else {
        panic!("help was asked for")
    };
    assert!(help.contains("REDRESS_NATS_URL"), "{help}");
    assert!(help.contains("REDRESS_SMTP_URL"), "{help}");
    assert!(help.contains("127.0.0.1:50054"), "{help}");
}
