pytest_plugins = ["tests.ground", "tests.database", "tests.people", "tests.shipped", "tests.drafts"]
