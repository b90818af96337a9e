"""A plain Django REST framework, as its documentation builds it: models with relations, a ModelViewSet, filters."""
