//! The smallest service: it starts, is ready, answers health checks, and stops when told to.
//!
//! `cargo run -p redress-host --example idle -- --policy-dir policy --grpc-addr 127.0.0.1:0`

use std::process::ExitCode;

use redress_host::{Host, Nothing, Phase, Profile, run};
use tonic::service::Routes;

fn main() -> ExitCode {
    run(Profile::INTAKE, async |host: Host<Nothing>| {
        host.readiness.expect(&["work"]);
        let policy = host.watch_policy(|files| Ok::<_, String>(files.len()))?;
        let ready = host.readiness.clone();
        host.lifecycle
            .spawn(Phase::Work, "idle", |stop| async move {
                tracing::info!(policy.files = policy.borrow().policy, "idle by choice");
                ready.set("work", Ok(()));
                stop.cancelled().await;
                Ok(())
            });
        // A real service adds its own services to the routes and passes its own descriptors.
        host.serve_grpc(Routes::default(), &[]).await?;
        Ok(())
    })
}
