from __future__ import annotations

from django.urls import path

from .views import counting, lots, overview, products, receiving, vials

app_name = "stock"

urlpatterns = [
    path("stock", overview.home, name="home"),
    path("stock.csv", overview.home_csv, name="home_csv"),
    path("stock/movements.csv", overview.all_movements_csv, name="all_movements_csv"),
    path("stock/receive", receiving.receive, name="receive"),
    path("stock/vials", vials.board, name="vials"),
    path("stock/vials.csv", vials.board_csv, name="vials_csv"),
    path("stock/vials/<int:vial>/close", vials.close, name="close"),
    path("stock/open/<int:balance>", vials.open_one, name="open"),
    path("stock/places", products.places, name="places"),
    path("stock/places/<int:place>", products.place, name="place"),
    path("stock/places/<int:place>/count", counting.count, name="count"),
    path("stock/products/new", products.new, name="new_product"),
    path("stock/products/<int:product>", overview.product, name="product"),
    path("stock/products/<int:product>/change", products.change, name="change_product"),
    path("stock/products/<int:product>/movements.csv", overview.movements_csv, name="movements_csv"),
    path("stock/lots/<int:lot>", lots.lot, name="lot"),
    path("stock/lots/<int:lot>/movements.csv", lots.movements_csv, name="lot_csv"),
    path("stock/lots/<int:lot>/leave", lots.leave, name="leave"),
    path("stock/lots/<int:lot>/hold", lots.hold, name="hold"),
    path("stock/lots/<int:lot>/release", lots.release, name="release"),
    path("stock/lots/<int:lot>/expiry", lots.expiry, name="expiry"),
]
