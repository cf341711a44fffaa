pytest_plugins = ["tests.ground", "tests.people", "tests.shipped", "tests.drafts"]
