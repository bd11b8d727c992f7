//! A network between a service and the brokers that can be cut and slowed down.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// Forwards connections to one address.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    open: watch::Sender<bool>,
    delay_ms: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// Listens on loopback for connections to a port there.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (open, is_open) = watch::channel(true);
        let delay_ms = Arc::new(AtomicU64::new(0));
        let delay = Arc::clone(&delay_ms);
        let serving = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(forward(near, port, is_open.clone(), Arc::clone(&delay)));
            }
        });
        Self {
            address,
            open,
            delay_ms,
            serving,
        }
    }

    /// The address for clients.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Breaks all connections and lets none through, or lets them through again.
    pub fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }

    /// What every piece of data is held back, in either direction.
    pub fn set_delay(&self, delay: Duration) {
        self.delay_ms
            .store(delay.as_millis() as u64, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
        self.open.send_replace(false);
    }
}

async fn forward(
    near: TcpStream,
    port: u16,
    mut open: watch::Receiver<bool>,
    delay: Arc<AtomicU64>,
) {
    if !*open.borrow() {
        return;
    }
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    tokio::select! {
        () = copy(near_in, far_out, &delay) => {}
        () = copy(far_in, near_out, &delay) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    delay: &AtomicU64,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        let held_back = Duration::from_millis(delay.load(Ordering::Relaxed));
        if !held_back.is_zero() {
            sleep(held_back).await;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
