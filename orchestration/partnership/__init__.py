"""Who takes part, what they owe and how they are judged, all dated."""
