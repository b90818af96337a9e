"""Everything that was public at a position, as a Frictionless data package: tables with their description, in a zip."""
