//! How a reason tells itself, in two languages.

use crate::RejectionKind;

/// One reason for a refusal.
pub(crate) trait Says {
    fn kind(&self) -> RejectionKind;
    fn code(&self) -> &'static str;
    fn en(&self) -> String;
    fn zh(&self) -> String;
}

/// Declares the rejections of a command: `Name { field: Type } => Kind "code" "English" "中文"`;
/// the sentences name the fields in braces.
macro_rules! rejections {
    ($(#[$doc:meta])* $name:ident {
        $($variant:ident { $($field:ident: $type:ty),* } =>
            $kind:ident $code:literal $en:literal $zh:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant { $($field: $type),* },)* }

        #[allow(unused_variables, clippy::useless_format, reason = "not all sentences name all")]
        impl $crate::rejection::Says for $name {
            fn kind(&self) -> $crate::RejectionKind {
                match self { $(Self::$variant { .. } => $crate::RejectionKind::$kind,)* }
            }

            fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)* }
            }

            fn en(&self) -> String {
                match self { $(Self::$variant { $($field),* } => format!($en),)* }
            }

            fn zh(&self) -> String {
                match self { $(Self::$variant { $($field),* } => format!($zh),)* }
            }
        }
    };
}
pub(crate) use rejections;
