"""Documents: parsed, held to limits, validated and cached by their text."""
