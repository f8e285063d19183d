//! Owns the cross-checks between a record's body and the columns around it. The body always counts; a difference is a note.

use mailtrail_model::{AccessRecord, IssueCode, RecordType};

use super::{Outer, read_instant};
use crate::wire::Ctx;

/// Compares what the columns state with what the body states.
pub(super) fn check<'a>(record: &AccessRecord<'a>, operation: &str, outer: &Outer<'a>, ctx: Ctx<'a, '_>) {
    if outer.created.is_stated() && !read_instant(outer.created, ctx).agrees(record.created) {
        let shown = outer.created.text(ctx).ok().flatten().unwrap_or("?");
        ctx.flaws.note(IssueCode::ClockMismatch, format!("column: {shown}, body: {}", record.created.iso()));
    }
    let column = |value: crate::wire::Loose<'a>| value.text(ctx).ok().flatten();
    let differs = |name: &str, column: &str, body: &str| {
        ctx.flaws.note(IssueCode::ColumnMismatch, format!("{name}: column {column}, body {body}"));
    };
    if let Some(stated) = column(outer.operation)
        && !stated.eq_ignore_ascii_case(operation)
    {
        differs("Operation", stated, operation);
    }
    if let Some(stated) = column(outer.record_id)
        && !stated.eq_ignore_ascii_case(&record.record_id)
    {
        differs("Id", stated, &record.record_id);
    }
    if let (Some(stated), Some(body)) = (column(outer.record_type), &record.record_type) {
        let stated = RecordType::parse(stated);
        // A name this list does not know cannot be compared with a number it does not know.
        let comparable = stated.code().is_some() && body.code().is_some();
        if comparable && stated.code() != body.code() {
            differs("RecordType", stated.as_str(), body.as_str());
        }
    }
    if let (Some(stated), Some(body)) = (column(outer.user_id), record.user_id.as_deref())
        && !stated.eq_ignore_ascii_case(body)
    {
        differs("UserId", stated, body);
    }
}
