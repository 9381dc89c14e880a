"""How others speak to Anagen: FHIR and iCalendar to and from medicine's plain objects."""
