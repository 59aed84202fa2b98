"""Actions on the resource under the cursor or in the open tab."""
