//! The tag with which a run marks the resources that it creates for sources.

use crate::model::RunToken;

use super::{Setting, TARGET_TAG};

impl Setting {
    /// Returns the value with the run's token as a tag, if it stands for a resource of a source.
    #[must_use]
    pub fn marked(self, token: &RunToken) -> Self {
        let Self::Source(slot, value) = self else { return self };
        Self::Source(slot, value.tagged(TARGET_TAG, token.as_str()))
    }

    /// Returns the value with the ID of the resource that it stands for.
    #[must_use]
    pub fn with_resource_id(self, id: &str) -> Self {
        let Self::Source(slot, value) = self else { return self };
        Self::Source(slot, value.with_resource_id(id))
    }

    /// Returns the ID of the resource of a source that the value stands for.
    pub fn resource_id(&self) -> Option<&str> {
        if let Self::Source(_, value) = self { value.resource_id() } else { None }
    }

    /// Returns whether both values have the same mark, or neither has one.
    pub fn has_mark_of(&self, other: &Self) -> bool {
        let mark = |of: &Self| {
            let Self::Source(_, value) = of else { return None };
            value.tags()?.get(TARGET_TAG).cloned()
        };
        mark(self) == mark(other)
    }

    /// Returns whether this is the value that a run left. For a resource, an equal one is not enough: it must be the one
    /// that the run created, by its ID or its mark.
    pub fn is_left_by_run(&self, left: &Self, token: Option<&RunToken>) -> bool {
        let is_same_resource = match (self, left) {
            (Self::Source(_, now), Self::Source(_, left)) => {
                now.is_same_resource(left, token.map(|token| (TARGET_TAG, token.as_str())))
            }
            (_, _) => true,
        };
        is_same_resource && self.is(left)
    }
}
