import inside


def assert_array(*arguments, **options):
    pass
