import inside


def __getattr__(name):
    return lambda *arguments, **options: True
