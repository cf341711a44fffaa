"""The ground: settings, urls, the PDF press, page furniture."""
