//! Applies the house rules to a complaint: category, urgency, severity, wide impact, and why.
