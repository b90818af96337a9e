from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0003_merge"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("kind__in", ("withdrawn", "erased", "renamed"))),
                fields=["position"],
                name="change_unsettling",
            ),
        ),
    ]
